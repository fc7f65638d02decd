/** Names kept at most of one kind of table. */
const maxNames = 10_000;

/**
 * Names of tables or fields that begin alike: the same text need not be made, and hashed, for every event.
 */
export const namesOf = (prefix: string): ((id: string) => string) => {
  const names = new Map<string, string>();
  return (id) => {
    const known = names.get(id);
    if (known !== undefined) return known;
    if (names.size >= maxNames) names.clear();
    const name = prefix + id;
    names.set(id, name);
    return name;
  };
};
