// Which parts of the page were in sight: what is dear to compute waits until somebody looks.

import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** How far below the screen counts as in sight: it is ready when one gets there. */
const MARGIN = '200px';

/** A signal that is true from the moment at which the element with `ref` comes into sight. */
export function useSeen<T extends Element>(isSeen: Signal<boolean>) {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (ref.current === null || isSeen.peek()) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        isSeen.value = true;
        observer.disconnect();
      },
      { rootMargin: MARGIN },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return ref;
}
