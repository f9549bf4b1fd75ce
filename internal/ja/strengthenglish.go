package ja

import (
	"regexp"
	"strings"
)

// englishNorms rank an English clause by its first modal; of rows that match at the same place
// the first decides.
var englishNorms = []ending{
	// How a provision applies, is deemed or counted, and what something is for, binds nobody.
	english(RankPermission, `(?:this|the same) (?:shall|does) not apply`),
	english(RankNone, `(?:shall|is to|are to) (?:not )?(?:apply|come into (?:effect|force)|take effect|enter into force|expire|cease|mean|include|have the meaning|be (?:deemed|calculated|counted|computed|construed|regarded|treated|replaced|read|applied))`),
	english(RankNone, `(?:purposes?|aims?|objectives?|goals?|role|mission|tasks?|intention) (?:of [^,]{0,80} )?(?:is|are) to`),

	// Norms denied leave free.
	english(RankPermission, `need not|(?:do|does|did) not (?:have|need) to|(?:do|does|shall|will) not (?:require|preclude|prevent)`),
	english(RankPermission, `(?:is|are|shall|will)(?: be)? not (?:be )?(?:required|obliged|obligated|bound|necessary)`),

	english(RankProhibition, `(?:must|shall)(?: [a-z]+ly)? (?:not|never)|cannot|can not|may not|(?:is|are|shall be|must be) (?:strictly )?(?:prohibited|forbidden)|(?:is|are) not (?:permitted|allowed)|no (?:[a-z]+ ){1,4}?(?:may|shall|must)`),
	english(RankEndeavDuty, `(?:must|shall|(?:has|have) to) (?:endeavou?r|strive|make (?:every |its |their )?(?:best )?efforts?)`),
	english(RankEndeavour, `(?:is|are) to (?:endeavou?r|strive|make (?:every )?efforts?)|endeavou?rs? to|strives? to|makes? (?:every )?efforts? to|gives? (?:due )?consideration`),
	english(RankObligation, `must|shall|(?:is|are) (?:obliged|obligated|bound) to|has to|have to|(?:has|have|bears?|owes?) (?:the |a |an )?(?:duty|obligation)`),
	english(RankRule, `(?:has|have|bears?) (?:the |a )?responsibilit(?:y|ies)|(?:is|are) responsible for`),
	english(RankRequired, `needs? to|(?:is|are|becomes?) (?:[a-z]+ly )?(?:necessary|essential|indispensable)|(?:is|are) (?:required|requested|called upon|asked)|requires`),
	english(RankRule, `(?:is|are) to [a-z]+`),
	english(RankShould, `should|ought (?:not )?to`),
	english(RankDesirable, `(?:is|are) (?:not )?(?:[a-z]+ly )?(?:desirable|desired|recommended|encouraged|advised|advisable|preferable|undesirable)|(?:recommends?|encourages?)`),
	english(RankExpected, `(?:is|are) (?:[a-z]+ly |also |very )?(?:expected|important|useful|beneficial|effective|helpful|conceivable)`),
	english(RankPermission, `may|can|(?:is|are) (?:permitted|allowed|free) to`),
}

func english(rank int, pattern string) ending {
	return ending{rank, regexp.MustCompile(`\b(?i:` + pattern + `)\b`)}
}

var (
	// englishReport is what somebody said or a text says, which binds nobody by being told.
	englishReport = regexp.MustCompile(`(?i)\b(?:stated?s?|said|says|argued|commented|pointed out|claimed|noted|opined|opinions?|views?|comments?|provides|prescribes|stipulates) that\b`)
	// englishRelative is a modal that speaks of the noun before it, with its own subject or without.
	englishRelative = regexp.MustCompile(`(?i)\b(?:who|which|that)(?: (?:[a-z]+ ){0,3}?` + englishHeads + `)? (?:must|shall|should|may|can|cannot|needs? to|(?:is|are|has|have) to|(?:is|are) (?:required|requested|expected|permitted|allowed|recommended|encouraged))\b`)
	// englishSubordinate is a clause on when, where, whether or what for.
	englishSubordinate = regexp.MustCompile(`(?i)\b(?:if|when|where|unless|whether|because|since|until|once|as long as|so that|in order that|to the extent(?: that)?|in (?:the )?cases? (?:where|in which)|how|why)\b[^,;]*`)
	// englishJoint joins main clauses.
	englishJoint = regexp.MustCompile(`(?i);|, (?:but|and|however|provided,? however,?|whereas|while)\b|\. `)
)

// englishForce ranks an English sentence. English puts the modal in the middle: the first one
// of a main clause decides it, and of several main clauses the last that holds one.
func englishForce(text string) Force {
	if englishReport.MatchString(text) {
		return Force{}
	}
	text = englishRelative.ReplaceAllString(text, "")
	main := englishSubordinate.ReplaceAllString(text, "")
	for _, t := range []string{main, text} {
		parts := englishJoint.Split(t, -1)
		for i := len(parts) - 1; i >= 0; i-- {
			if f := englishClause(parts[i]); f.Rank > RankNone {
				return f
			}
		}
	}
	return Force{}
}

func englishClause(text string) Force {
	var f Force
	at := len(text)
	for _, e := range englishNorms {
		if m := e.re.FindStringIndex(text); m != nil && m[0] < at {
			at, f = m[0], Force{Rank: e.rank, Ending: text[m[0]:m[1]]}
		}
	}
	if f.Rank == RankNone {
		return Force{}
	}
	return f
}

// The words that end the name of someone who can be bound: agents by their suffix (provider,
// operator, trustee, specialist), and what has none.
const englishHeads = `(?:[a-z]{2,}(?:er|or|ee|ist|ian)s?|persons?|people|citizens?|individuals?|principals?|staff|students?|executives?|representatives?|management|agents?|applicants?|patients?|licensees?|` +
	`governments?|cabinet|diet|state|states|country|countries|ministry|ministries|agency|agencies|headquarters|secretariat|commissions?|committees?|councils?|boards?|organs?|offices?|departments?|divisions?|bureaus?|authority|authorities|bodies|body|courts?|municipalit(?:y|ies)|prefectures?|` +
	`institutions?|institutes?|organi[sz]ations?|entity|entities|company|companies|corporations?|firms?|businesses|banks?|hospitals?|schools?|universit(?:y|ies)|associations?|groups?|teams?|party|parties|CAIOs?)`

// englishThings end like agents and are none.
var englishThings = regexp.MustCompile(`(?i)\b(?:orders?|papers?|letters?|numbers?|matters?|parameters?|chapters?|errors?|factors?|sectors?|computers?|servers?|identifiers?|registers?|filters?|layers?|vectors?|sensors?|processors?|indicators?|monitors?|containers?|clusters?|centers?|powers?|answers?|disclaimers?|offers?|transfers?|headers?|folders?|browsers?|behaviors?|AI agents?|agents?|fees?|guarantees?|lists?|others?|either|neither|whichever|former|latter|state of [a-z ]+)$`)

var (
	englishPerson = regexp.MustCompile(`(?i)\b` + englishHeads + `$`)
	// englishAfterThat finds the subject of what it is said to be good, expected or necessary (that AI providers inform).
	englishAfterThat = regexp.MustCompile(`(?i)\b(?:that|for) ((?:[a-z-]+ ){0,6}?` + englishHeads + `)\b`)
	// englishPostmodifier begins what is said of a noun behind it.
	englishPostmodifier = regexp.MustCompile(`(?i) (?:of|in|for|who|that|which|whose|with|to|under|on|at|from|by|[a-z]+ing|[a-z]{2,}ed)\b.*$`)
	englishPronoun      = regexp.MustCompile(`(?i)^(?:(?:in addition|also|moreover|however|furthermore),? )?(?:it|they|he|she)\b`)
	englishImpersonal   = regexp.MustCompile(`(?i)^(?:it|there)\b`)
	englishArticle      = regexp.MustCompile(`(?i)^(?:the|an?) `)
	// englishSubject cuts a clause before its predicate.
	englishSubject = regexp.MustCompile(`\b(?:must|shall|should|may|can|cannot|will|needs?|is|are|do|does|has|have|ought|endeavou?rs?|strives?|makes?|gives?|bears?)\b`)
)

// englishAddressee returns whom an English sentence binds, without its article, or "".
func englishAddressee(text string) string {
	main := strings.TrimLeft(englishSubordinate.ReplaceAllString(text, ""), ", ")
	for _, part := range englishJoint.Split(main, -1) {
		if who := englishClauseAddressee(strings.TrimSpace(part)); who != "" {
			return who
		}
	}
	return ""
}

func englishClauseAddressee(clause string) string {
	if englishImpersonal.MatchString(clause) {
		if m := englishAfterThat.FindStringSubmatch(clause); m != nil {
			return englishArticle.ReplaceAllString(m[1], "")
		}
		return ""
	}
	// What stands before the last comma ahead of the predicate leads in: In principle, the operator must.
	for _, m := range englishSubject.FindAllStringIndex(clause, -1) {
		subject := clause[:m[0]]
		if strings.HasSuffix(subject, "who ") || strings.HasSuffix(subject, "which ") || strings.HasSuffix(subject, "that ") {
			continue // a relative clause of the subject
		}
		subject = strings.TrimSpace(subject)
		if i := strings.LastIndex(subject, ", "); i >= 0 && !strings.Contains(subject[i:], " and ") {
			subject = subject[i+2:]
		}
		if head := englishPostmodifier.ReplaceAllString(subject, ""); englishPerson.MatchString(head) && !englishThings.MatchString(head) {
			return englishArticle.ReplaceAllString(subject, "")
		}
		return ""
	}
	return ""
}
