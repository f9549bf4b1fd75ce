package notify

import (
	"bytes"
	"crypto"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"
)

// DKIM signs messages as coming from a domain (RFC 6376). Its public key stands in the DNS at
// Selector._domainkey.Domain.
type DKIM struct {
	Domain, Selector string
	// Key is an RSA or Ed25519 key.
	Key crypto.Signer
}

// signedHeaders are covered by the signature: those of RFC 6376 5.4.1 that a message of ours has, and those that a
// one-click unsubscription relies on (RFC 8058). One that is named more often than it is there cannot be added later.
var signedHeaders = []string{
	"From", "To", "Subject", "Date", "Message-ID",
	"From", "To", "Subject", "Date", "Message-ID", "References", "Reply-To", "Cc", "MIME-Version", "Content-Type", "Auto-Submitted",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
}

// dkimHeader is the name of the header that carries a signature.
const dkimHeader = "DKIM-Signature"

// sign adds the signature of a message that is otherwise complete. Written again, it is the same but for
// the order of its headers, which the relaxed form does not mind.
func (k *DKIM) sign(msg *mail.Msg) error {
	var written bytes.Buffer
	if _, err := msg.WriteTo(&written); err != nil {
		return err
	}
	signer, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: k.Domain, Selector: k.Selector, Signer: k.Key, Hash: crypto.SHA256, HeaderKeys: signedHeaders,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return err
	}
	_, err = signer.Write(written.Bytes())
	if e := signer.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	value, ok := strings.CutPrefix(signer.Signature(), dkimHeader+":")
	if !ok {
		return fmt.Errorf("a signature that does not begin with %s", dkimHeader)
	}
	msg.SetGenHeaderPreformatted(dkimHeader, strings.TrimSpace(value))
	return nil
}
