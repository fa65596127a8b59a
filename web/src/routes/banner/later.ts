import { optional } from '../../ui/Optional';
import { stripNow } from './state/layout';

// What is not needed to see the first call is loaded after it, or when it is opened.

export const Banner = optional(async () => (await import('./Banner')).Banner);
export const TakePost = optional(async () => (await import('./TakePost')).TakePost);
export const Qualify = optional(async () => (await import('./cards/Qualify')).Qualify);
/** Calls are passed on less often than answered. */
export const TransferPanel = optional(async () => (await import('./cards/TransferPanel')).TransferPanel);
export const SideParties = optional(async () => (await import('./cards/Side')).SideParties);
export const SideActions = optional(async () => (await import('./cards/Side')).SideActions);
export const Keypad = optional(async () => (await import('./cards/Keypad')).Keypad);
/** Most groups do not let their members take one another's calls. */
export const PickUps = optional(async () => (await import('./parts/PickUps')).PickUps);
export const Strip = optional(async () => (await import('./Strip')).Strip);
export const PhoneDialog = optional(async () => (await import('./parts/PhoneDialog')).PhoneDialog);
export const Elsewhere = optional(async () => (await import('./Gates')).Elsewhere);
export const Ended = optional(async () => (await import('./Gates')).Ended);
/** On most days there is nothing to say; that the line is lost can be said only if it is here by then. */
export const NoticeLine = optional(async () => (await import('./parts/NoticeLine')).NoticeLine);
/** A closed menu needs no code. */
export const StatusMenu = optional(async () => (await import('./parts/StatusMenu')).StatusMenu);
export const Settings = optional(async () => (await import('./parts/Settings')).Settings);
/** Only where this page is the phone. */
export const MicrophoneCheck = optional(async () => (await import('./parts/MicrophoneCheck')).MicrophoneCheck);
export const Devices = optional(async () => (await import('./parts/Devices')).Devices);
export const RingDevice = optional(async () => (await import('./parts/Devices')).RingDevice);
/** Few may change their phone: the others do not load the form. */
export const PhoneForm = optional(async () => (await import('./parts/PhoneForm')).PhoneForm);

/** Fetches the screen that comes first while the session is being looked at. */
export function prepareFirst(taken: boolean): void {
  if (!taken) TakePost.prepare();
  else Banner.prepare();
  if (taken && stripNow()) Strip.prepare();
  NoticeLine.prepare();
}

/** Fetches what a call will show, and what may be opened while the network is away. */
export function prepareCalls(): void {
  for (const part of [Banner, NoticeLine, StatusMenu, Qualify, Keypad, TransferPanel, SideParties, SideActions, PickUps, Strip, Settings, PhoneDialog, Ended]) part.prepare();
}
