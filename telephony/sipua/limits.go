package sipua

import "time"

// Limits bounds what the network may ask of this process. Zero fields take the default named in the comment.
type Limits struct {
	UDPMessage     int           // bytes of a datagram; 4096
	TCPMessage     int           // bytes of a message on a stream; 16384
	Headers        int           // header fields of a message; 128
	HeaderLine     int           // bytes of one header field; 2048
	HeaderParams   int           // parameters of one header field; 64
	StrangerRate   float64       // messages a second of one unknown address; 10
	StrangerBurst  int           // burst of the same; 30
	StrangersRate  float64       // answers a second to all unknown addresses together; 200
	PhoneRate      float64       // messages a second of one phone's address and port; 50
	PhoneBurst     int           // burst of the same; 200
	TrunkRate      float64       // messages a second of one trunk's address; 2000
	TrunkBurst     int           // burst of the same; 4000
	RateTable      int           // addresses followed by the limits; 8192
	TCPWhole       time.Duration // from the first to the last byte of a message; 5 s
	TCPIdle        time.Duration // silence of a connection without binding, dialog or trunk; 120 s
	TCPPerAddress  int           // open connections of one unknown address; 32
	TCPTotal       int           // open connections in all; 4096
	Transactions   int           // server transactions at work at the same time; 20000
	Dialogs        int           // INVITE dialogs at the same time; 20000
	Contacts       int           // bindings of one account; 10
	MinExpires     time.Duration // shortest registration; 60 s
	MaxExpires     time.Duration // longest registration; 3600 s
	NonceLife      time.Duration // validity of a nonce; 5 min
	AuthFailures   int           // wrong answers of one account and address before it is locked; 10
	AuthWindow     time.Duration // span in which they count and for which it stays locked; 15 min
	MinSE          time.Duration // shortest session interval (RFC 4028); 90 s
	SessionExpires time.Duration // session interval we ask for (RFC 4028); 1800 s
	RegisterRetry  time.Duration // pause after a failed registration at a trunk; 30 s
	FinalAnswer    time.Duration // an INVITE the handler has given no answer, be it provisional, is answered 500; 5 min
}

func orDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// withDefaults returns l with every zero field set.
func (l Limits) withDefaults() Limits {
	orDefault(&l.UDPMessage, 4096)
	orDefault(&l.TCPMessage, 16384)
	orDefault(&l.Headers, 128)
	orDefault(&l.HeaderLine, 2048)
	orDefault(&l.HeaderParams, 64)
	orDefault(&l.StrangerRate, 10)
	orDefault(&l.StrangerBurst, 30)
	orDefault(&l.StrangersRate, 200)
	orDefault(&l.PhoneRate, 50)
	orDefault(&l.PhoneBurst, 200)
	orDefault(&l.TrunkRate, 2000)
	orDefault(&l.TrunkBurst, 4000)
	orDefault(&l.RateTable, 8192)
	orDefault(&l.TCPWhole, 5*time.Second)
	orDefault(&l.TCPIdle, 120*time.Second)
	orDefault(&l.TCPPerAddress, 32)
	orDefault(&l.TCPTotal, 4096)
	orDefault(&l.Transactions, 20000)
	orDefault(&l.Dialogs, 20000)
	orDefault(&l.Contacts, 10)
	orDefault(&l.MinExpires, 60*time.Second)
	orDefault(&l.MaxExpires, time.Hour)
	orDefault(&l.NonceLife, 5*time.Minute)
	orDefault(&l.AuthFailures, 10)
	orDefault(&l.AuthWindow, 15*time.Minute)
	orDefault(&l.MinSE, 90*time.Second)
	orDefault(&l.SessionExpires, 1800*time.Second)
	orDefault(&l.RegisterRetry, 30*time.Second)
	orDefault(&l.FinalAnswer, 5*time.Minute)
	return l
}
