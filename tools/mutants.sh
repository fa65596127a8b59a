#!/usr/bin/env bash
# Plants faults in the core, one at a time, in a copy of the tree, and runs its tests:
# each fault must be found. The tests that read scenarios come last, so that the
# table tells what the invariants find by themselves. mutants.sh [WORD] takes only
# those whose description has the word.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
only=${1:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -c --exclude=./.git --exclude=node_modules --exclude=./bin --exclude=./bandeau-data . | tar -x -C "$copy"

# survived FILE: whether all tests pass; otherwise $killer says which did not.
survived() {
	local out
	for stage in 'invariants|./acd -rapid.shrinktime=1ms -skip ^(TestScenarios|TestWaitingCallsAreSmall|TestMatcher.*|TestOrder.*|Bench.*)$' \
		'matchers|./acd/acdtest' 'scenarios|-run ^TestScenarios$ ./acd' 'all|./acd' 'worlds|./sim'; do
		read -ra args <<<"${stage#*|}"
		if ! out=$(cd "$copy" && go test -vet=off -count=1 -short -failfast -timeout 4m "${args[@]}" 2>&1); then
			if grep -q 'build failed\|setup failed' <<<"$out"; then
				killer="does not compile"
				broken=$((broken + 1))
				echo "$out" | head -5 >&2
			else
				killer="${stage%%|*}: $(grep -oE '^(--- FAIL: [A-Za-z]+|panic: .{0,60}|FAIL.*s$)' <<<"$out" | head -1 | sed 's/--- FAIL: //')"
			fi
			return 1
		fi
	done
}

total=0 lived=0 broken=0 killer=
plant() { # FILE OLD NEW DESCRIPTION
	case $4 in *"$only"*) ;; *) return 0 ;; esac
	total=$((total + 1))
	cp "$copy/$1" "$copy/planted" # not from the tree, which may have changed since
	if ! OLD=$2 NEW=$3 perl -0pi -e '$n = () = /\Q$ENV{OLD}\E/g; exit 3 if $n != 1; s/\Q$ENV{OLD}\E/$ENV{NEW}/' "$copy/$1"; then
		echo "STALE     $4: $1 does not have it once: $2"
		broken=$((broken + 1))
		return
	fi
	if survived; then
		echo "SURVIVED  $4"
		lived=$((lived + 1))
	else
		echo "found     $4 ($killer)"
	fi
	mv "$copy/planted" "$copy/$1"
}

# Who can be offered a call.
plant acd/strategy.go 'return SkipWrapUp' 'break' 'wrap-up does not keep calls away'
plant acd/strategy.go 'return SkipPaused' 'break' 'a paused operator is rung'
plant acd/strategy.go 'return SkipIgnored' 'return 0' 'the OP-16 window does not keep calls away'
plant acd/strategy.go 'return SkipSuspended' 'break' 'a suspended member is rung'
plant acd/call.go 'return o.Presence == Available || o.Presence == Paused && o.Config.AlwaysConnected' 'return true' 'a direct call rings who is paused'
# Who is offered it.
plant acd/strategy.go 'cmp.Compare(a.level, b.level)' 'cmp.Compare(b.level, a.level)' 'the worst level comes first'
plant acd/strategy.go '<= 0 })' '< 0 })' 'the turn does not go on'
plant acd/apply_call.go 'g.Last, g.LastOrder = e.Operator, 0' 'for _, g = range s.groups.byID { g.Last, g.LastOrder = e.Operator, 0 }; g = s.groups.get(e.Group)' 'all groups share one turn'
plant acd/strategy.go 'const atOnce = 10' 'const atOnce = 11' 'eleven phones ring together'
plant acd/strategy.go '(s.offers+1)' 's.offers' 'a chance is drawn twice'
plant acd/strategy.go 'o.Answered = 0' '_ = from' 'midnight does not count from nothing'
plant acd/apply_call.go 'if o.Handling && e.Group != ""' 'if e.Group != ""' 'calls he placed count as answered'
plant acd/apply_call.go 'c.Tried = slices.Insert(c.Tried, at, id)' '_ = at' 'who let it ring is forgotten'
plant acd/apply_operator.go 'o.PresenceSince, o.PauseOverran = at, false' 'o.PresenceSince, o.PauseOverran, o.IdleSince = at, false, at' 'a pause resets the idle clock'
# The order of calls.
plant acd/queue.go 'return a.ArrivedAt < b.ArrivedAt' 'return a.ArrivedAt > b.ArrivedAt' 'the last who came is the first'
plant acd/queue.go 'return a.Seq < b.Seq' 'return a.Seq > b.Seq' 'of two who came together the second is first'
plant acd/queue.go 'a.Config.Priority < b.Config.Priority' 'a.Config.Priority > b.Config.Priority' 'the least urgent group comes first'
plant acd/queue.go 'queued >= *g.Config.MaxWaiting' 'queued > *g.Config.MaxWaiting' 'one more waits than may'
# What follows an offer.
plant acd/offer.go 'o.Missed > *limit' 'o.Missed >= *limit' 'OP-18 comes one call early'
plant acd/offer.go 't.endOffer(c, *other, OfferWithdrawn, 0)' 't.endOffer(c, *other, OfferNoAnswer, 0)' 'who was second has missed a call'
plant acd/offer.go '		t.hangUpLeg(c, other.ID)' '' 'the other phones ring on'
plant acd/offer.go 't.emit(Dequeued{Call: c.ID, Group: c.Queue, How: LeftAnswered, Cause: "answered"})' '' 'an answered call waits on'
plant acd/offer.go 't.emit(Ignored{Operator: o.Config.ID, Until: t.now.Add(retry)})' 'o.IgnoredUntil = t.now.Add(retry)' 'the state changes without a fact'
plant acd/offer.go 'case c.waited(t.now):' 'case g != nil:' 'a call that was not answered is sent away'
plant acd/operator.go 'case wrapUp > 0 &&' 'case wrapUp > 10 &&' 'a short wrap-up is left out'
plant acd/estimate.go 'places * g.Pace / atWork' 'places * g.Pace / max(int64(g.loggedIn()), 1)' 'who pauses is expected to work on'
plant acd/dispatch.go 'max(entered, c.NoticeUntil).Add(time.Millisecond)' 'max(entered, c.NoticeUntil)' 'where nobody may wait nobody is rung'
plant acd/dispatch.go 'max(entered, c.NoticeUntil).Add(time.Millisecond)' 'entered.Add(time.Millisecond)' 'to hear a notice is to wait'
# Time.
plant acd/queue.go '	s.setTimer(c.timer, c.deadline())' '' 'calls have no timers'
plant acd/queue.go '	s.setTimer(o.timer, s.operatorDeadline(o))' '' 'operators have no timers'
plant acd/timer.go 'next.at > t.now' 'next.at >= t.now' 'what is due waits for the next millisecond'
plant acd/timer.go '	if c.State == CallQueued {' '	if c.State == CallQueued || c.State == CallRinging {' 'the maximum wait interrupts a ring'
plant acd/session.go 'time.Duration(o.Config.RingSeconds) * time.Second' 'time.Duration(o.Config.RingSeconds+1) * time.Second' 'phones ring a second longer'
# Second conversations, browsers, supervisors.
plant acd/transfer.go 't.partEnds(c, by, "transferred")' '_ = by' 'who has given a call away stays in it'
plant acd/transfer.go 'if g := t.s.groups.get(side.Group); g != nil {' 'if g := t.s.groups.get(side.Group); g != nil && false {' 'a transfer that fails hangs up on the customer'
plant acd/transfer.go 'next.Tried = slices.Insert(next.Tried, at, side.Operator)' '_ = at' 'a consulted group rings the same for ever'
plant acd/transfer.go 'case o == by:' 'case false:' 'a call is given to who has it'
plant acd/transfer.go 'case !g.Config.PickUp:' 'case false:' 'any call is picked up'
plant acd/transfer.go '	if side.Kind == SideConference { // he has talked' '	if side.Kind != SideNone { // he has talked' 'who was only asked wraps up'
plant acd/audio.go 'case side.Kind == SideConsult && !side.Front:' 'case false:' 'a swap changes nothing that is heard'
plant acd/audio.go 'if o.Mode == Barge || o.Mode == Whisper && id == at {' 'if o.Mode != Listen {' 'the customer hears the whisper'
plant acd/audio.go '	return l != nil && l.State == LegUp && l.LostUntil == 0' '	return l != nil && l.State == LegUp' 'who talked with a lost browser hears nothing'
plant acd/audio.go 'other.Mode == Barge && slices.Contains(theirs, at)' 'other.Mode == Barge && theirs == nil' 'supervisors do not hear each other speak'
plant acd/browser.go '	case l.State == LegUp:' '	case l.State == LegUp && false:' 'a reload ends the call'
plant acd/browser.go '		t.toQueue(c, g, "operator_lost")' '		t.endCall(c, ending{outcome: OutcomeAnswered, by: EndedBySystem, cause: "lost"})' 'a lost browser loses its caller'
plant acd/strategy.go 'if !o.Browser && o.Phone.Fallback == "" {' 'if false {' 'a browser that is not there is rung'
plant acd/timer.go 'c.Legs[i].LostUntil)' '0)' 'a lost browser is waited for, for ever'
plant acd/apply_operator.go '			c.State = CallWrapUp // of another' '			_ = c' 'who wraps up last has no call'
plant acd/call.go '	t.pauseRecording(c, false)' '' 'a part that is to be recorded stays silent'
plant acd/queue.go '		return c.Joined[1]' '		return 1' 'whom an operator called is played nothing'
plant acd/explain.go 'Phone: o.rings()' 'Phone: o.Phone' 'a browser that is gone is rung instead of its number'
# Leaving a group, and the restart.
plant acd/calendar.go '	if g.Closed {' '	if g.Closed && g.loggedIn() == 0 {' 'a closed group takes calls in'
plant acd/calendar.go 'if c.At <= t.now {' 'if c.At < t.now {' 'the hours change a moment late'
plant acd/dispatch.go 'c.Overflows >= maxOverflows' 'c.Overflows > maxOverflows' 'a call is sent on once more'
plant acd/restart.go 'c.State >= CallWrapUp' 'c.State >= CallTalking' 'a conversation survives the restart'
plant acd/call.go 'end.outcome = OutcomeAnswered // whatever' '_ = end // whatever' 'a conversation the restart cut was abandoned'

echo "$total faults, $lived not found"
[ "$lived" -eq 0 ] && [ "$broken" -eq 0 ]
