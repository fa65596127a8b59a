package demo

import (
	"context"
	"math/rand/v2"

	"bandeau/telephony/siptest"
)

// desk is the newcomer's desk telephone, where he does not talk in his browser. It
// rings until the banner answers it, as
// desk telephones do that allow Event: talk; a call that he places himself it
// picks up at once, for he sits beside it.
type desk struct {
	phone  *siptest.Phone
	watch  *watch
	counts *counts
	voice  melody
}

func newDesk(phone *siptest.Phone, w *watch, n *counts, r *rand.Rand) *desk {
	return &desk{phone: phone, watch: w, counts: n, voice: sing(r, operatorTimbre())}
}

// ring is what it does with a call. It hangs up with the call.
func (d *desk) ring(ctx context.Context, call *siptest.Call) {
	call.Ring()
	out, err := d.watch.isOutgoing(ctx, call.Invite().Get("X-Bandeau-Call"))
	d.counts.failed(ctx, "ask which way the newcomer's call goes", err)
	if out {
		if !sleep(ctx, handTime) {
			return
		}
	} else if call.WaitTalk(ctx) != nil {
		return
	}
	call.Answer()
	call.SendAudio(d.voice.samples)
}
