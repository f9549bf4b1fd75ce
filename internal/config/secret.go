package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// variable is the form of the name of an environment variable (POSIX, also in lower case).
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Secret is a value that must not be printed. Every way of printing it gives
// asterisks; Reveal alone gives the value. In the file it is the value itself,
// "env:NAME" for an environment variable, or "file:/path" for a file, whose trailing
// line break is dropped.
type Secret struct{ value string }

const asterisks = "********"

// NewSecret returns a secret that holds value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value. What it returns belongs into a request and nowhere else.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no value.
func (s Secret) IsZero() bool { return s.value == "" }

// String implements fmt.Stringer: asterisks, or "" where there is no value.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return asterisks
}

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return `config.Secret("` + s.String() + `")` }

// Format implements fmt.Formatter, so that no verb reaches the value.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	switch verb {
	case 'q':
		text = `"` + text + `"`
	case 'v':
		if f.Flag('#') {
			text = s.GoString()
		}
	}
	_, _ = io.WriteString(f, text) // fmt gives no way to report an error
}

// MarshalText implements encoding.TextMarshaler, which JSON and TOML use.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalText implements encoding.TextUnmarshaler. A reference is kept as written until
// Load resolves it.
func (s *Secret) UnmarshalText(b []byte) error {
	s.value = string(b)
	return nil
}

// resolve replaces a reference by what it refers to. The error never holds the value.
func (s *Secret) resolve(dir string) error {
	if name, ok := strings.CutPrefix(s.value, "env:"); ok {
		if !variable.MatchString(name) {
			// Perhaps the secret itself was put there: it is not repeated.
			return errors.New("what follows env: is not the name of an environment variable")
		}
		value, found := os.LookupEnv(name)
		if !found || value == "" {
			return fmt.Errorf("the environment variable %s is not set", name)
		}
		s.value = value
		return nil
	}
	path, ok := strings.CutPrefix(s.value, "file:")
	if !ok {
		return nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) && !strings.ContainsAny(strings.TrimPrefix(s.value, "file:"), "/.") {
			return fmt.Errorf("read the secret from the file named after file: (not repeated here, it may be the secret itself): %w", cause.Err)
		}
		return fmt.Errorf("read the secret: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(f, MaxSecretFile+1))
	if e := f.Close(); err == nil {
		err = e
	}
	switch {
	case err != nil:
		return fmt.Errorf("read the secret: %w", err)
	case len(b) > MaxSecretFile:
		return fmt.Errorf("%s is too large for a secret", path)
	}
	if s.value = strings.TrimRight(string(b), "\r\n"); s.value == "" {
		return fmt.Errorf("%s is empty", path)
	}
	return nil
}
