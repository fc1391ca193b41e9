// The browser's storage, as JSON. A browser without storage (private windows, full disks) can still shop; its data is
// lost when the page closes.

function drawer(storage) {
  const inMemory = new Map();
  return {
    read(key, otherwise) {
      try {
        const text = storage().getItem(key);
        return text === null ? (inMemory.get(key) ?? otherwise) : JSON.parse(text);
      } catch {
        return inMemory.get(key) ?? otherwise;
      }
    },
    write(key, value) {
      inMemory.set(key, value);
      try {
        storage().setItem(key, JSON.stringify(value));
      } catch { /* kept in memory */ }
    },
    remove(key) {
      inMemory.delete(key);
      try {
        storage().removeItem(key);
      } catch { /* nothing was kept */ }
    },
  };
}

export const browser = drawer(() => window.localStorage); // for every tab, until deleted
export const tab = drawer(() => window.sessionStorage); // for this tab alone, across reloads
