import classes from './Brand.module.css';

/** The mark of the product: a strip with a light on it. */
export function Brand({ name = true }: { readonly name?: boolean }) {
  return (
    <span className={classes['brand']}>
      <svg viewBox="0 0 32 32" className={classes['mark']} aria-hidden>
        <rect width="32" height="32" rx="8" fill="var(--mantine-primary-color-filled)" />
        <rect x="5" y="12" width="22" height="8" rx="4" fill="#fff" />
        <circle cx="23" cy="16" r="2.4" fill="var(--mantine-primary-color-filled)" />
      </svg>
      {name && <span>Bandeau</span>}
    </span>
  );
}
