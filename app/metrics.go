package app

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics returns the handler of /metrics. Everything is read when it is asked
// for; nothing is counted twice.
func (n *Node) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		n.gauge("calls", "Live calls.", func() float64 { return float64(n.sw.Live()) }),
		n.gauge("waiting_calls", "Calls waiting in groups.", n.waiting),
		n.gauge("operators_logged_in", "Operators with a floor session.", n.loggedIn),
		n.browsers.loss, n.browsers.jitter, n.browsers.roundTrip,
		n.gauge("journal_writable", "1 while every centre's journal takes events.", n.writable),
	)
	for name, c := range map[string]struct {
		help string
		read func() uint64
	}{
		"sip_panics_total":          {"SIP handlers that panicked; must stay 0.", func() uint64 { return n.ua.Counters().Panics }},
		"sip_malformed_total":       {"SIP messages refused as malformed.", func() uint64 { return n.ua.Counters().Malformed }},
		"sip_strangers_total":       {"SIP messages of unknown peers left unanswered.", func() uint64 { return n.ua.Counters().Strangers }},
		"sip_throttled_total":       {"SIP messages over a rate.", func() uint64 { return n.ua.Counters().Throttled }},
		"sip_auth_failed_total":     {"Wrong digest answers.", func() uint64 { return n.ua.Counters().AuthFailed }},
		"sip_dialogs_opened_total":  {"INVITE dialogs, both roles.", func() uint64 { return n.ua.Counters().DialogsOpened }},
		"sip_dialogs_ended_total":   {"INVITE dialogs that ended.", func() uint64 { return n.ua.Counters().DialogsEnded }},
		"sip_tcp_refused_total":     {"TCP connections over a cap.", func() uint64 { return n.ua.Counters().TCPRefused }},
		"sip_tcp_timed_out_total":   {"TCP connections closed by a read deadline.", func() uint64 { return n.ua.Counters().TCPTimedOut }},
		"sip_auth_challenges_total": {"401 answers.", func() uint64 { return n.ua.Counters().Challenged }},
	} {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: "bandeau", Name: name, Help: c.help,
		}, func() float64 { return float64(c.read()) }))
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

func (n *Node) gauge(name, help string, read func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "bandeau", Name: name, Help: help}, read)
}

func (n *Node) waiting() (sum float64) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, e := range n.engines {
		for _, g := range e.Snapshot().Groups {
			sum += float64(g.Waiting)
		}
	}
	return sum
}

func (n *Node) loggedIn() (sum float64) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, e := range n.engines {
		for _, o := range e.Snapshot().Operators {
			if o.Session != "" {
				sum++
			}
		}
	}
	return sum
}

func (n *Node) writable() float64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, e := range n.engines {
		if !e.Healthy() {
			return 0
		}
	}
	return 1
}
