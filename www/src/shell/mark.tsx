/** The sign of the page: a needle over a scale. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M4 23h24M4 23v-5M10 23v-3M16 23v-5M22 23v-3M28 23v-5" />
      <circle cx="21" cy="10" r="4" />
    </svg>
  );
}
