import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';

/** A view whose code is fetched when it is first shown. */
export function lazily(fetchView: () => Promise<ComponentType>): ComponentType {
  return function Lazy() {
    const view = useSignal<ComponentType | null>(null);
    const isMissing = useSignal(false);
    const fetchNow = async () => {
      isMissing.value = false;
      try {
        view.value = await fetchView();
      } catch {
        isMissing.value = true;
      }
    };
    useEffect(() => void fetchNow(), []);
    const { value: View } = view;
    if (View !== null) return <View />;
    if (!isMissing.value) return <p class="lazy" aria-busy="true" />;
    return (
      <p class="lazy" role="alert">
        This part of the page can’t be fetched; check the connection.{' '}
        <button type="button" class="text-button" onClick={fetchNow}>
          Try again
        </button>
      </p>
    );
  };
}
