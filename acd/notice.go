package acd

// The notice (OP-11): everyone who is recorded hears that he may be, once in a
// call and before the recording begins. A caller hears it on entering a group,
// which costs him no place; where he did not, both sides hear it before they are
// joined. A caller who is answered only by an operator (early media) hears it
// then, for nobody knows what his network let him hear before.

// informs says whether a conversation that is to be recorded for a reason begins
// with the notice.
func (t *step) informs(c *call, reason string) bool {
	return reason != "" && t.s.centre.Notice && !c.Informed
}

// informsWaiting says whether a caller hears the notice on entering a group: the
// number, the group or any of its enabled members records.
func (t *step) informsWaiting(c *call, g *group) bool {
	if !t.s.centre.Notice || c.Informed || c.Emergency || c.OnOperator && c.leg(c.customer()).State != LegUp {
		return false
	}
	return c.NumberRecords || g.Config.RecordInbound || g.recorded > 0
}

// startNotice plays the notice to the legs of e, which are up. It comes before
// whatever a group was just saying. before is who heard whom until now.
func (t *step) startNotice(c *call, e NoticeStarted, before topology) {
	if c.SayingUntil != 0 {
		t.emit(AnnouncementEnded{Call: c.ID})
	}
	e.Call, e.Prompt, e.Until = c.ID, c.Prompts+1, t.now.Add(noticeLimit)
	t.emit(e)
	t.arrange(c, before)
	legs := []LegID{e.Leg}
	if e.Other != 0 {
		legs = append(legs, e.Other)
	}
	t.do(PlayPrompt{
		Call: c.ID, Legs: legs, Prompt: PromptNotice, Language: t.s.centre.Language, Number: e.Prompt,
	})
}

// join lets the two sides of a call that was just connected hear each other, or
// the notice first. It returns why the conversation is recorded from now on,
// empty when it is not, or not yet. before is who heard whom until now.
func (t *step) join(c *call, before topology, reason string) string {
	if t.informs(c, reason) {
		t.startNotice(c, NoticeStarted{Leg: c.Joined[1], Other: c.Joined[0], Recording: reason}, before)
		return ""
	}
	t.arrange(c, before)
	return reason
}

func (r PromptEnded) decide(t *step) error { //nolint:unparam // it is never refused
	c := t.s.calls.get(r.Call)
	switch {
	case c == nil || r.Prompt != c.Prompts: // late
	case c.NoticeUntil != 0:
		t.noticeHeard(c)
	case c.SayingUntil != 0:
		t.announced(c)
	}
	return nil
}

// noticeHeard goes on with a call after the notice: who waits may be offered, and
// hears what his group has to say; who is connected talks, and is recorded.
func (t *step) noticeHeard(c *call) {
	t.emit(NoticeEnded{Call: c.ID})
	if !c.talking() {
		if g := t.s.groups.get(c.Queue); g == nil || !t.announce(c, g, true) {
			t.playMusic(c, c.customer())
		}
		return
	}
	t.arrange(c, topology{})
	t.record(c, c.NoticeReason)
}
