/** Shows the next page of a list; nothing where there is none. */
export const More = ({ more, what }: { readonly more: (() => void) | undefined; readonly what: string }) =>
  more && (
    <button type="button" className="quiet small more" onClick={more}>
      Show {what}
    </button>
  );
