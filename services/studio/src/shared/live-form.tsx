/** Asks which live a page is for, where its address does not say it. */
export const LiveForm = () => (
  <form className="card narrow token-form" method="get">
    <h2>Which live?</h2>
    <label htmlFor="live">The id of the live</label>
    <input id="live" name="live" required autoComplete="off" spellCheck={false} />
    <button type="submit">Open</button>
  </form>
);
