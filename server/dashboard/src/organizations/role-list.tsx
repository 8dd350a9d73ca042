/** What each role may do. */
export function RoleList() {
  return (
    <section className="section" aria-labelledby="roles">
      <h2 id="roles">What the roles may do</h2>
      <dl className="facts">
        <dt>Viewer</dt>
        <dd>reads apps, checks and members</dd>
        <dt>Member</dt>
        <dd>also runs, cancels and repeats checks</dd>
        <dt>Admin</dt>
        <dd>also adds, changes and deletes apps, handles their API keys, and decides who belongs here</dd>
      </dl>
    </section>
  );
}
