package bolt

import "kaisei/internal/kaisei"

// words returns the labels that have a number of their own, from 1; another label is spelt out.
// The order is part of the format: new ones go to the end.
func words() []string {
	return []string{
		string(kaisei.LayerLaw), string(kaisei.LayerOrder), string(kaisei.LayerPlan), string(kaisei.LayerStatutory),
		string(kaisei.LayerBusinessGuideline), string(kaisei.LayerProcurement), string(kaisei.LayerRegulatorNotice),
		string(kaisei.LayerSector), string(kaisei.LayerTechnical), string(kaisei.LayerInternational),
		string(kaisei.LayerConsultation), string(kaisei.LayerDeliberation), string(kaisei.LayerSandbox), string(kaisei.LayerNews),
		string(kaisei.Info), string(kaisei.Low), string(kaisei.Medium), string(kaisei.High), string(kaisei.Critical),
		string(kaisei.ClassNewDocument), string(kaisei.ClassNewVersion), string(kaisei.ClassAmended), string(kaisei.ClassReissued),
		string(kaisei.ClassDraftPublished), string(kaisei.ClassConsultationOpened), string(kaisei.ClassConsultationClosing),
		string(kaisei.ClassConsultationResult), string(kaisei.ClassPromulgated), string(kaisei.ClassEnforcementScheduled),
		string(kaisei.ClassInForce), string(kaisei.ClassMeetingAnnounced), string(kaisei.ClassMaterialsPosted),
		string(kaisei.ClassMinutesPosted), string(kaisei.ClassTranslationPublished), string(kaisei.ClassTranslationLag),
		string(kaisei.ClassWithdrawn), string(kaisei.ClassCorrected), string(kaisei.ClassRepealed),
	}
}

func appendWord(b []byte, w string) []byte {
	for i, known := range words() {
		if w == known {
			return appendUvarint(b, i+1)
		}
	}
	return appendString(append(b, 0), w)
}

func (r *reader) word() string {
	known := words()
	switch n := r.small(); {
	case n == 0:
		return r.string()
	case n <= len(known):
		return known[n-1]
	}
	r.fail()
	return ""
}
