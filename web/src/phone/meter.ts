// How loud a microphone is, for the eye.

/** From 0 to 1: what people hear as twice as loud is about a sixth of the way. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(samples.length, 1) + 1e-10);
  return Math.min(1, Math.max(0, (decibels + 60) / 55));
}

/** Tells the level of a track, with each picture the browser draws, until it is stopped. */
export function meter(track: MediaStreamTrack, told: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let frame = 0;
  const draw = (): void => {
    analyser.getFloatTimeDomainData(samples);
    told(levelOf(samples));
    frame = requestAnimationFrame(draw);
  };
  frame = requestAnimationFrame(draw);
  // A page that nobody has clicked yet measures nothing but silence.
  if (context.state === 'suspended') void context.resume();
  return () => {
    cancelAnimationFrame(frame);
    void context.close();
  };
}
