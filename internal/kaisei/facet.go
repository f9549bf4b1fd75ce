package kaisei

// RoleNames returns the names for people of the roles that the built-in rules give, by their values. A
// rule of an operator may give others.
func RoleNames() map[string]Text {
	dev := Text{JA: "開発者", EN: "developers"}
	prov := Text{JA: "提供者", EN: "providers"}
	user := Text{JA: "利用者", EN: "business users"}
	gov := Text{JA: "政府・自治体", EN: "government"}
	return map[string]Text{
		"developer": dev, "provider": prov,
		"user": user, "business-user": user,
		"government": gov,
		"research":   {JA: "研究機関", EN: "research"},
		"citizens":   {JA: "国民", EN: "citizens"},
		"citizen":    {JA: "国民", EN: "citizens"},
	}
}

// ThemeNames is RoleNames for themes.
func ThemeNames() map[string]Text {
	return map[string]Text{
		"human-centricity":   {JA: "人間中心", EN: "human-centricity"},
		"fairness":           {JA: "公平性", EN: "fairness"},
		"safety":             {JA: "安全性", EN: "safety"},
		"transparency":       {JA: "透明性", EN: "transparency"},
		"accountability":     {JA: "アカウンタビリティ", EN: "accountability"},
		"security":           {JA: "セキュリティ", EN: "security"},
		"privacy":            {JA: "プライバシー・個人情報", EN: "privacy"},
		"fair-competition":   {JA: "公正競争", EN: "fair competition"},
		"literacy":           {JA: "リテラシー", EN: "AI literacy"},
		"ai-literacy":        {JA: "リテラシー", EN: "AI literacy"},
		"innovation":         {JA: "イノベーション", EN: "innovation"},
		"copyright":          {JA: "著作権", EN: "copyright"},
		"foundation-models":  {JA: "基盤モデル・高度なAIシステム", EN: "foundation models"},
		"generative-ai":      {JA: "生成AI", EN: "generative AI"},
		"ai-agents":          {JA: "AIエージェント", EN: "AI agents"},
		"agents":             {JA: "AIエージェント", EN: "AI agents"},
		"incident-reporting": {JA: "インシデント報告", EN: "incident reporting"},
		"procurement":        {JA: "調達", EN: "procurement"},
		"training-data":      {JA: "学習データ", EN: "training data"},
	}
}

// SectorNames is RoleNames for sectors.
func SectorNames() map[string]Text {
	media := Text{JA: "メディア・文化", EN: "media and culture"}
	return map[string]Text{
		"finance":           {JA: "金融", EN: "finance"},
		"health":            {JA: "医療", EN: "health"},
		"education":         {JA: "教育", EN: "education"},
		"government":        {JA: "行政", EN: "government"},
		"industry":          {JA: "産業", EN: "industry"},
		"media":             media,
		"media-and-culture": media, "media-culture": media,
		"telecom":    {JA: "通信", EN: "telecom"},
		"employment": {JA: "雇用", EN: "employment"},
	}
}
