// Bytes that are kept in the browser from one visit to the next, by name.

const DATABASE = 'gennape';
const STORE = 'adapted';

/** All that is kept; nothing where storage is blocked. */
export async function allKept(): Promise<Map<string, Uint8Array>> {
  try {
    const store = await open('readonly');
    const [names, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    return new Map(names.map((name, index) => [String(name), values[index] as Uint8Array]));
  } catch {
    return new Map();
  }
}

/** Keeps bytes under a name; says whether that went well. */
export async function keep(name: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await done((await open('readwrite')).put(bytes, name));
    return true;
  } catch {
    return false;
  }
}

/** Forgets what is kept under a name. */
export async function forget(name: string): Promise<void> {
  try {
    await done((await open('readwrite')).delete(name));
  } catch {
    // storage is blocked: there was nothing
  }
}

async function open(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE));
  return (await done(request)).transaction(STORE, mode).objectStore(STORE);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
