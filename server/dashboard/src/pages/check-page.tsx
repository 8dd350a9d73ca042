import { Page } from '../components/page.tsx';

export function CheckPage() {
  return <Page title="CheckPage">…</Page>;
}
