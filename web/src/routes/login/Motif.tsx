import classes from './Motif.module.css';

const strips = [
  { state: 'talking', name: 92, more: 46 },
  { state: 'available', name: 70, more: 34 },
  { state: 'ringing', name: 108, more: 62 },
  { state: 'available', name: 84, more: 40 },
  { state: 'paused', name: 62, more: 52 },
] as const;

/** Operators at work, as the product shows them: one strip each, with the light of its state. */
export function Motif() {
  return (
    <svg viewBox="0 0 360 330" className={classes['motif']} aria-hidden focusable="false">
      {strips.map(({ state, name, more }, i) => (
        <g key={`${state}${name}`} className={classes['strip']} data-state={state} transform={`translate(${state === 'ringing' ? 4 : 24} ${8 + i * 64})`}>
          <rect width={state === 'ringing' ? 352 : 312} height="50" rx="14" className={classes['card']} />
          <circle cx="30" cy="25" r="8" className={classes['halo']} />
          <circle cx="30" cy="25" r="6" className={classes['light']} />
          <rect x="54" y="15" width={name} height="8" rx="4" className={classes['line']} />
          <rect x="54" y="29" width={more} height="6" rx="3" className={classes['faint']} />
          <rect x={state === 'ringing' ? 268 : 256} y="18" width={state === 'ringing' ? 62 : 34} height="14" rx="7" className={classes['mark']} />
        </g>
      ))}
    </svg>
  );
}
