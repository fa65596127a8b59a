import i18next from 'i18next';

import { answer, api, Problem, type Schema } from '../../../api/client';
import { said } from '../../../ui/toast';
import type { Post } from './post';

// What an operator can do. Each sends one request; what becomes of it is told by the stream.
// The name of an action says what it is done to: a press is the same press only for the same thing.

const of = (id: string) => ({ params: { path: { id } } });

export function answerCall(post: Post, id: string): void {
  // A browser is heard from the click on: what he says at once is not lost on the way to the server and back.
  const phone = post.phone.get();
  phone?.answer();
  void post.run(`answer-${id}`, async () => {
    try {
      await answer(api.POST('/api/v1/me/calls/{id}/answer', of(id)));
    } catch (error) {
      phone?.answer(false);
      throw error;
    }
  });
  // Still within the click, but no window comes before the answer.
  post.pop.open();
}

/** Takes a call that waits, or rings at a colleague. That somebody was faster is nobody's fault. */
export function pickUp(post: Post, id: string): void {
  void post.phone.get()?.unblock();
  void post.run(`pickUp-${id}`, async () => {
    await post.saved();
    try {
      await answer(api.POST('/api/v1/me/calls/{id}/pickup', of(id)));
    } catch (error) {
      if (!(error instanceof Problem) || (error.status !== 404 && error.code !== 'wrong_state')) throw error;
      said(i18next.getFixedT(null, 'banner')('pickUp.gone'));
    }
  });
}

export function refuseCall(post: Post, id: string): void {
  void post.run(`end-${id}`, () => answer(api.POST('/api/v1/me/calls/{id}/reject', of(id))));
}

export function hangUp(post: Post, id: string): void {
  void post.run(`end-${id}`, () => answer(api.POST('/api/v1/me/calls/{id}/hangup', of(id))));
}

export function mute(post: Post, id: string, on: boolean): void {
  void post.run(`mute-${id}-${String(on)}`, () => answer(api.POST('/api/v1/me/calls/{id}/mute', { ...of(id), body: { on } })));
}

export function hold(post: Post, id: string, on: boolean): void {
  void post.run(`hold-${id}-${String(on)}`, () => (on
    ? answer(api.POST('/api/v1/me/calls/{id}/hold', of(id)))
    : answer(api.POST('/api/v1/me/calls/{id}/resume', of(id)))));
}

export function sendDigit(id: string, digits: string): Promise<unknown> {
  return answer(api.POST('/api/v1/me/calls/{id}/dtmf', { ...of(id), body: { digits } }));
}

export function becomeAvailable(post: Post): void {
  void post.run('available', async () => {
    await post.saved();
    return answer(api.PUT('/api/v1/me/presence', { body: { presence: 'available' } }));
  });
}

export function pause(post: Post, pauseType: string): void {
  void post.run('pause', async () => {
    await post.saved();
    return answer(api.PUT('/api/v1/me/presence', { body: { presence: 'paused', pauseType } }));
  });
}

export function finishWrapUp(post: Post): void {
  void post.run('finish', async () => {
    await post.saved();
    return answer(api.POST('/api/v1/me/wrap-up', { body: { action: 'finish' } }));
  });
}

export function extendWrapUp(post: Post, seconds: number): void {
  void post.run(`extend${seconds}`, () => answer(api.POST('/api/v1/me/wrap-up', { body: { action: 'extend', seconds } })));
}

export function callBack(post: Post, callId: string, group: string | null): void {
  void post.run(`back-${callId}`, async () => {
    await post.saved();
    return answer(api.POST('/api/v1/me/calls', { body: { callId, group } }));
  });
}

/** Rejects when refused: the dial box says so beside the number. */
export async function dial(post: Post, number: string, group: string | null): Promise<void> {
  await post.saved();
  await answer(api.POST('/api/v1/me/calls', { body: { number, group } }));
}

/** Gives the call away (`transfer`), or asks the other first (`consult`); resolves to whether it was accepted. */
export function transfer(post: Post, id: string, to: Schema<'TransferTarget'>, way: 'transfer' | 'consult'): Promise<boolean> {
  return post.run(`transfer-${id}`, () => answer(way === 'transfer'
    ? api.POST('/api/v1/me/calls/{id}/transfer', { ...of(id), body: { to } })
    : api.POST('/api/v1/me/calls/{id}/consult', { ...of(id), body: { to } })));
}

export type SideAction = 'swap' | 'complete' | 'cancel' | 'conference';

/** What is done with the second party of a call. */
export function withSide(post: Post, id: string, action: SideAction): void {
  void post.run(`${action}-${id}`, () => answer(api.POST(`/api/v1/me/calls/{id}/${action}`, of(id))));
}

export function pauseRecording(post: Post, id: string, on: boolean): void {
  void post.run(`record-${id}-${String(on)}`, () => answer(api.POST('/api/v1/me/calls/{id}/record', { ...of(id), body: { on: !on } })));
}

/** Whether the recording stays beyond the time that recordings are kept for. */
export function keepRecording(post: Post, id: string, keep: boolean): void {
  void post.run(`keep-${id}-${String(keep)}`, () => answer(api.POST('/api/v1/me/calls/{id}/record', { ...of(id), body: { keep } })));
}
