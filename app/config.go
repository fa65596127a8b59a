package app

import (
	"cmp"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

// This file turns administered records into what the core knows of them.

func operatorConfig(o directory.Operator, c directory.Centre) acd.OperatorConfig {
	return acd.OperatorConfig{
		ID: acd.OperatorID(o.ID), Name: o.FullName, Language: string(o.Language), Enabled: o.Enabled,
		AlwaysConnected: o.AlwaysConnected, Record: o.Record,
		Phone: corePhone(o.Phone), AskPhoneAtLogin: o.AskPhoneAtLogin,
		WrapUpSeconds: o.WrapUpSeconds, RingSeconds: o.RingSeconds, RetrySeconds: o.RetrySeconds,
		IdleLogoutMinutes: o.IdleLogoutMinutes, MissedLogoutCount: o.MissedLogoutCount,
		SilenceLogout: o.SilenceLogout, AllowOutgoing: o.AllowOutgoing,
		AllowPhoneChange: o.AllowPhoneChange, PersistentSession: o.PersistentSession,
		PauseAtLogin: o.PauseAtLogin, DirectNumber: o.DirectNumber,
		CallerID:        callerID(o, c),
		EmergencyNumber: cmp.Or(o.DirectNumber, c.MainNumber),
	}
}

// callerID is what OP-05 comes to. An anonymous call carries a real number too,
// for the trunk alone.
func callerID(o directory.Operator, c directory.Centre) acd.Presentation {
	switch o.CallerID.Mode {
	case directory.CallerIDAnonymous:
		return acd.Presentation{Number: cmp.Or(o.DirectNumber, c.MainNumber), Anonymous: true}
	case directory.CallerIDDirect:
		return acd.Presentation{Number: o.DirectNumber}
	case directory.CallerIDService:
		return acd.Presentation{Number: cmp.Or(o.CallerID.Number, c.MainNumber)}
	case directory.CallerIDCustom:
		return acd.Presentation{Number: o.CallerID.Number}
	}
	return acd.Presentation{}
}

func corePhone(p directory.PhoneChoice) acd.Phone {
	switch p.Kind {
	case directory.PhoneExternal:
		return acd.Phone{Kind: acd.PhoneExternal, Number: p.Number, Confirm: p.Confirm}
	case directory.PhoneCentrex:
		return acd.Phone{Kind: acd.PhoneCentrex, Account: acd.AccountID(p.Account)}
	case directory.PhoneBrowser:
		return acd.Phone{Kind: acd.PhoneBrowser, Fallback: p.Fallback, Confirm: p.Confirm}
	case directory.PhoneNone:
		return acd.Phone{}
	}
	return acd.Phone{}
}

// nextLogout is the next instant of an operator's daily logout (OP-24).
func nextLogout(o directory.Operator, zone *time.Location, now time.Time) acd.Instant {
	if o.LogoutAt == "" {
		return 0
	}
	return acd.At(directory.NextClock(o.LogoutAt, zone, now))
}

func groupConfig(g directory.Group) acd.GroupConfig {
	c := acd.GroupConfig{
		ID: acd.GroupID(g.ID), Name: g.Name, Strategy: strategy(g.Strategy),
		Priority: g.Priority, WrapUpSeconds: g.WrapUpSeconds,
		OutgoingNumber: g.OutgoingNumber, TransferNumber: g.TransferNumber,
		RecordInbound: g.Record.Inbound, RecordOutbound: g.Record.Outbound,
		MaxWaiting: g.MaxWaiting, MaxWaitSeconds: g.MaxWaitSeconds,
		Overflow:            exit(g.Overflow),
		OverflowWhenNobody:  g.WhenNobody == directory.NobodyOverflow,
		ServiceLevelSeconds: g.ServiceLevel.Seconds,
		PickUp:              g.PickUp, MayStopRecording: g.OperatorMayStopRecording, MayKeepRecording: g.OperatorMayKeepRecording,
		HoldMusic: acd.SoundID(g.HoldMusic),
		Announce: acd.Announcements{
			Welcome: acd.SoundID(g.Announcements.Welcome), Position: g.Announcements.Position,
			EstimatedWait: g.Announcements.EstimatedWait, Periodic: acd.SoundID(g.Announcements.Periodic),
			EverySeconds: g.Announcements.EverySeconds,
		},
	}
	if g.Hours != nil {
		c.HoursExit = exit(g.Hours.Exit)
	}
	for _, m := range g.Ordered() {
		c.Members = append(c.Members, acd.Member{
			Operator: acd.OperatorID(m.Operator), Order: m.Order, Level: m.Level, Suspended: m.Suspended,
		})
	}
	return c
}

// strategy returns the core's strategy. Records of no known one are refused
// when they are saved.
func strategy(s directory.Strategy) acd.Strategy {
	switch s {
	case directory.StrategyFixed:
		return acd.Fixed
	case directory.StrategyLongestIdle:
		return acd.LongestIdle
	case directory.StrategyRandom:
		return acd.Random
	case directory.StrategyRotating:
		return acd.Rotating
	case directory.StrategyEveryone:
		return acd.Everyone
	case directory.StrategyFewestCalls:
		return acd.FewestCalls
	case directory.StrategySkill:
		return acd.Skill
	}
	return acd.LongestIdle
}

func exit(d directory.Destination) acd.Exit {
	switch d.Type {
	case directory.ToGroup:
		return acd.Exit{Kind: acd.ExitGroup, Group: acd.GroupID(d.ID)}
	case directory.ToNumber:
		return acd.Exit{Kind: acd.ExitNumber, Number: d.Number}
	case directory.ToHangup:
		return acd.Exit{Kind: acd.ExitHangUp}
	case directory.ToNowhere, directory.ToOperator, directory.ToIVR, directory.ToVoicemail:
		return acd.Exit{}
	}
	return acd.Exit{}
}

func destination(d directory.Destination) acd.Destination {
	switch d.Type {
	case directory.ToGroup:
		return acd.Destination{Kind: acd.ToGroup, Group: acd.GroupID(d.ID)}
	case directory.ToOperator:
		return acd.Destination{Kind: acd.ToOperator, Operator: acd.OperatorID(d.ID)}
	case directory.ToNumber:
		return acd.Destination{Kind: acd.ToNumber, Number: d.Number}
	case directory.ToHangup, directory.ToNowhere, directory.ToIVR, directory.ToVoicemail:
		return acd.Destination{Kind: acd.ToHangUp}
	}
	return acd.Destination{Kind: acd.ToHangUp}
}

func pauseTypeConfig(p directory.PauseType) acd.PauseTypeConfig {
	return acd.PauseTypeConfig{
		ID: acd.PauseTypeID(p.ID), MaxMinutes: p.MaxMinutes, Productive: p.Productive, Login: p.Login,
	}
}
