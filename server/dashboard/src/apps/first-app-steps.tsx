import { STEP_TITLES, StepList } from './step-list.tsx';

/** The first steps where there is no app yet. */
export function FirstAppSteps({ canAdd }: { readonly canAdd: boolean }) {
  const action = canAdd && 'Press “Add app”: a name and a URL are enough.';
  return (
    <StepList
      steps={STEP_TITLES.map((title, at) => ({ title, isDone: false, action: at === 0 && action }))}
    />
  );
}
