/** An appointment of a client, a week ahead so that there always is one. */
export interface Appointment {
  id: string;
  phone: string;
  startsAt: string;
}

const weekMs = 7 * 86_400_000;
/** A client whose appointment was cancelled. */
const WITHOUT = '+420777000222';

/** The next appointment of whoever is reached at a number: a week from now at half past two; one client has none. */
export function nextAppointment(phone: string, nowMs: number): Appointment | undefined {
  const wanted = phone.replaceAll(/[\s()-]/g, '');
  if (wanted === WITHOUT) return undefined;
  const day = new Date(nowMs + weekMs).toISOString().slice(0, 10);
  return { id: `A-${wanted.slice(-4)}`, phone: wanted, startsAt: `${day}T14:30:00+01:00` };
}
