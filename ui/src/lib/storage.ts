// Browser storage that never throws: private windows and blocked cookies make every access an exception.
export interface SafeStorage {
  get<T>(key: string): T | undefined;
  set(key: string, value: unknown): void;
  remove(key: string): void;
}

function safe(pick: () => Storage): SafeStorage {
  return {
    get<T>(key: string) {
      try {
        const text = pick().getItem(`plaza.${key}`);
        return text === null ? undefined : (JSON.parse(text) as T);
      } catch {
        return undefined;
      }
    },
    set(key, value) {
      try {
        pick().setItem(`plaza.${key}`, JSON.stringify(value));
      } catch {
        /* the value then lives as long as the page */
      }
    },
    remove(key) {
      try {
        pick().removeItem(`plaza.${key}`);
      } catch {
        /* nothing was stored */
      }
    },
  };
}

/** Kept until cleared: basket, customer, theme. */
export const local = safe(() => localStorage);
/** Kept for the tab: the admin token, the tour. */
export const session = safe(() => sessionStorage);
