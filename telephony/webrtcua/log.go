package webrtcua

import (
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// libraryLog is the library's log. Most of what it has to say strangers can make
// it say, so that all of it is for debugging.
type libraryLog struct{ log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (l libraryLog) NewLogger(scope string) logging.LeveledLogger {
	return scopeLog{l.log.With("scope", scope)}
}

// scopeLog implements logging.LeveledLogger.
type scopeLog struct{ log *slog.Logger }

func (l scopeLog) say(text string) { l.log.Debug("pion", "text", text) }

func (l scopeLog) sayf(format string, args []any) {
	if l.log.Enabled(nil, slog.LevelDebug) { //nolint:staticcheck // there is no context to pass on
		l.say(fmt.Sprintf(format, args...))
	}
}

// The library's traces are left out: there is one for each packet.

func (l scopeLog) Trace(string)                   {}
func (l scopeLog) Tracef(string, ...any)          {}
func (l scopeLog) Debug(m string)                 { l.say(m) }
func (l scopeLog) Debugf(format string, a ...any) { l.sayf(format, a) }
func (l scopeLog) Info(m string)                  { l.say(m) }
func (l scopeLog) Infof(format string, a ...any)  { l.sayf(format, a) }
func (l scopeLog) Warn(m string)                  { l.say(m) }
func (l scopeLog) Warnf(format string, a ...any)  { l.sayf(format, a) }
func (l scopeLog) Error(m string)                 { l.say(m) }
func (l scopeLog) Errorf(format string, a ...any) { l.sayf(format, a) }
