/** Engine time as the screen writes it. */

/** `0.003s`, `12.3s`, `2m03s`, `1h02m`: at most six columns. */
export function shortTime(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(3)}s`;
  const seconds = ms / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)}s`;
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 6_000) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

/** `00:12.345`, with hours in front once there are some. */
export function longTime(ms: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const rest = `${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}

/** What is left until something happens: `7.3s`, rounded to what a person counts down. */
export function countdown(ms: number): string {
  const left = Math.max(0, ms);
  return left < 60_000 ? `${(left / 1000).toFixed(1)}s` : shortTime(left);
}
