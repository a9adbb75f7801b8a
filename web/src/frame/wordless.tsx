// What stands there as long as the words of the chosen language don't come: it has its own.
export function Wordless() {
  return (
    <main className="empty" lang="en" role="alert">
      <h1>Hearback isn’t all here yet</h1>
      <p>A part of this page didn’t come. It is asked for again until it does.</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </main>
  );
}
