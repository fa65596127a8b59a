import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Api } from '../api';
import { atPhone, becomes, sees, stands } from '../post';
import { tones, type SipCall } from '../rig';
import { browserPhone, hears, listenable, phoneIs, toneFile } from '../softphone';
import { Stage } from '../stage';
import { filled, fr } from '../words';

// Who hears whom, at each step of a conversation of three: each has a voice of his own, and each is listened to for
// exactly the voices that he should hear. What a supervisor hears, and who hears him, is with the tests of listening.

const stage = Stage.forFile(toneFile(1000));
const camille = 'camille-martin';
const hugo = 'hugo-bernard';
const voices = { caller: tones.caller, page: 1000, colleague: tones.operator } as const;
type Who = keyof typeof voices;
// The tone of a phone that rings elsewhere.
const ringing = 440;
type Ears = 'music' | 'ringing' | readonly Who[];

let giveBack: () => Promise<void>;

beforeEach(async () => {
  giveBack = await browserPhone(stage, camille);
  await stage.rig.phone(hugo, { behaviour: 'answer' });
});

afterEach(async () => {
  await stage.rig.phone(hugo, { behaviour: 'talk' });
  await giveBack();
});

/** A caller, an operator whose page is her phone, and a colleague at a desk phone. */
class Three {
  readonly page: Page;
  readonly caller: SipCall;
  /** His end, once he has answered. */
  colleague: SipCall | undefined;

  private readonly his: Api;

  private constructor(page: Page, caller: SipCall, his: Api) {
    this.page = page;
    this.caller = caller;
    this.his = his;
  }

  /** The caller and the operator talk. */
  static async talk(): Promise<Three> {
    const { page } = await stage.desk(camille, 'about:blank');
    await listenable(page);
    await page.goto('/banner');
    await page.getByRole('button', { name: fr.banner.take.go }).click();
    await phoneIs(page, 'reachable');
    const his = await Api.login(stage.rig.url, stage.rig.person(hugo));
    const caller = await stage.rig.call({ to: stage.rig.group('Accueil').number, caller: '+33612345678', name: 'Zoé Blanc' });
    await stands(page, 'ringing');
    await stage.rig.hears(caller.id, { music: true, without: Object.values(voices) });
    await hears(page);
    const three = new Three(page, caller, his);
    await three.press(fr.banner.card.answer);
    await three.hear({ caller: ['page'], page: ['caller'] });
    return three;
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  private async choose(): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(stage.rig.person(hugo).name) }).click();
  }

  /** The colleague is asked, and answers. */
  async consult(): Promise<void> {
    await this.press(fr.banner.card.transfer);
    await this.choose();
    await this.page.getByRole('button', { name: fr.banner.side.swap }).waitFor();
    this.colleague = await atPhone(stage.rig, hugo, 'established');
    await this.hear({ caller: 'music', page: ['colleague'], colleague: ['page'] });
  }

  async conference(): Promise<void> {
    await this.consult();
    await this.press(fr.banner.side.join);
    await this.page.getByText(fr.banner.side.conference).waitFor();
    await this.hear({ caller: ['page', 'colleague'], page: ['caller', 'colleague'], colleague: ['caller', 'page'] });
  }

  /** The call is given to the colleague, at whose phone it comes to this. */
  async give(comesTo: 'ringing' | 'established'): Promise<void> {
    await this.press(fr.banner.card.transfer);
    // The button that opens the panel says the same as the choice within it.
    await this.page.getByRole('region', { name: fr.banner.side.title }).getByText(fr.banner.side.give, { exact: true }).click();
    await this.choose();
    this.colleague = await atPhone(stage.rig, hugo, comesTo);
  }

  /** Each of them hears these and nobody else. */
  async hear(ears: Readonly<Partial<Record<Who, Ears>>>): Promise<void> {
    if (this.colleague) expect(Object.keys(ears), 'each is listened to').toHaveLength(3);
    await Promise.all((['caller', 'page', 'colleague'] as const).map((who) => this.listen(who, ears[who])));
  }

  private async listen(who: Who, wanted: Ears | undefined): Promise<void> {
    if (wanted === undefined) return;
    if (who === 'page') {
      if (typeof wanted === 'string') throw new Error('nothing is played to an operator who makes others wait');
      await hears(this.page, ...wanted.map((voice) => voices[voice]));
      return;
    }
    const { id } = who === 'caller' ? this.caller : (this.colleague ?? { id: '' });
    if (wanted === 'music') await stage.rig.hears(id, { music: true, without: Object.values(voices) });
    else if (wanted === 'ringing') await stage.rig.hears(id, { tone: ringing });
    else if (wanted.length === 0) await stage.rig.hears(id, { silence: true });
    else await stage.rig.hears(id, { tones: wanted.map((voice) => voices[voice]) });
  }

  /** The colleague could take a call again: whatever wrap-up he has is ended. */
  async free(): Promise<void> {
    await sees(async () => {
      const activity = (await stage.api.floor()).operators.find(({ id }) => id === stage.rig.person(hugo).id)?.activity;
      if (activity === 'wrap_up') await this.his.client.POST('/api/v1/me/wrap-up', { body: { action: 'finish' } });
      return activity;
    }, 'idle');
  }

  /** The two who are left hear each other, and she nothing. */
  async withoutHer(): Promise<void> {
    await stands(this.page, 'wrap_up');
    await this.hear({ caller: ['colleague'], page: [], colleague: ['caller'] });
  }
}

test('hold', async () => {
  const three = await Three.talk();
  await three.press(fr.banner.card.hold);
  await three.hear({ caller: 'music', page: [] });
  await three.press(fr.banner.card.resume);
  await three.hear({ caller: ['page'], page: ['caller'] });
  await three.page.keyboard.press('m');
  await three.hear({ caller: [], page: ['caller'] });
  await three.page.keyboard.press('m');
  await three.hear({ caller: ['page'], page: ['caller'] });
});

test('consultation, swap, and given up', async () => {
  const three = await Three.talk();
  await three.consult();
  await three.press(fr.banner.side.swap);
  await three.hear({ caller: ['page'], page: ['caller'], colleague: 'music' });
  await three.press(fr.banner.side.swap);
  await three.hear({ caller: 'music', page: ['colleague'], colleague: ['page'] });
  await three.press(fr.banner.side.drop);
  await becomes(stage.rig, three.colleague?.id ?? '', 'ended');
  await three.hear({ caller: ['page'], page: ['caller'], colleague: [] });
});

test('attended transfer', async () => {
  const three = await Three.talk();
  await three.consult();
  await three.press(fr.banner.side.complete);
  await three.withoutHer();
});

test('conference, left by the operator', async () => {
  const three = await Three.talk();
  await three.conference();
  await three.press(fr.banner.side.leave);
  await three.withoutHer();
});

test('conference, left by the colleague, and a second one he is sent out of', async () => {
  const three = await Three.talk();
  await three.conference();
  await stage.rig.hangUp(three.colleague?.id ?? '');
  await three.hear({ caller: ['page'], page: ['caller'], colleague: [] });
  await three.free();
  await three.conference();
  await three.press(filled(fr.banner.side.remove, { who: stage.rig.person(hugo).name }));
  await becomes(stage.rig, three.colleague?.id ?? '', 'ended');
  await three.hear({ caller: ['page'], page: ['caller'], colleague: [] });
});

test('blind transfer', async () => {
  await stage.rig.phone(hugo, { behaviour: 'ring' });
  const three = await Three.talk();
  await three.give('ringing');
  await three.hear({ caller: 'ringing', page: [], colleague: [] });
  await three.press(fr.banner.side.takeBack);
  await three.hear({ caller: ['page'], page: ['caller'], colleague: [] });
  await stage.rig.phone(hugo, { behaviour: 'answer' });
  await three.give('established');
  await three.withoutHer();
});
