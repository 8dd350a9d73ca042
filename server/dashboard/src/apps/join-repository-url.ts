/** The address of a page of the app's repository, whose own address may be that of a clone. */
export function joinRepositoryUrl(repositoryUrl: string | null | undefined, path: string): string | null {
  return repositoryUrl ? `${repositoryUrl.replace(/(\.git)?\/*$/, '')}/${path}` : null;
}
