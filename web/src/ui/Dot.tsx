import classes from './Dot.module.css';

/** The colour of a group or a pause type; always beside its name, never instead of it. */
export function Dot({ colour }: { readonly colour: string | undefined }) {
  return (
    <svg className={classes['dot']} viewBox="0 0 10 10" aria-hidden>
      <circle cx="5" cy="5" r="4.5" fill={colour || 'currentColor'} />
    </svg>
  );
}
