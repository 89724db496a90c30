import './footer.css';

/** What the page is and where its work happens. */
export function Footer() {
  return (
    <footer class="footer">
      <p>Everything is computed in this tab. Nothing you type or open leaves your machine.</p>
      <p>
        After GENNAPE: Towards Generalized Neural Architecture Performance Estimators, Mills et al.,
        AAAI 2023.
      </p>
    </footer>
  );
}
