/** The timeline's looks, light and dark. A picture carries it along; the page adds it to its own. */
export const TIMELINE_CSS = `
.tl { --bg:#ffffff; --ink:#1c2430; --soft:#5a6675; --line:#d5dbe3; --lane:#f4f6f9; --fail:#b3152b; --fail-bg:#b3152b24;
  --skew:#3567b5; --skew-bg:#3567b512; --band:#b3152b14; --wait:#e8ecf2; --cds:#b84e00; --eds:#0069a6; --lds:#7a4fb0; --rds:#00745a;
  background:var(--bg); color:var(--ink); font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif; font-size:11px; }
@media (prefers-color-scheme: dark) { .tl { --bg:#11161d; --ink:#e6ebf2; --soft:#9ba8b8; --line:#303946; --lane:#181f29;
  --fail:#ff8090; --fail-bg:#ff80902b; --skew:#8fb4f5; --skew-bg:#8fb4f518; --band:#ff80901c; --wait:#242d39; --cds:#f39a55; --eds:#66b8ec; --lds:#c3a0f0; --rds:#4ccfae; } }
.tl text { fill:var(--ink); }
.tl .tl-ground { fill:var(--bg); }
.tl .tl-title { font-size:15px; font-weight:600; }
.tl .tl-soft, .tl .tl-tick { fill:var(--soft); }
.tl .tl-tick, .tl .tl-letter { font-size:10px; }
.tl .tl-letter { font-size:7px; fill:var(--soft); }
.tl .tl-halo { paint-order:stroke; stroke:var(--bg); stroke-width:3px; stroke-linejoin:round; }
.tl .tl-on-line { stroke-width:6px; }
.tl .tl-grid, .tl .tl-axis { stroke:var(--line); }
.tl .tl-lane { fill:var(--lane); }
.tl .tl-bar { fill:var(--wait); stroke:var(--soft); stroke-width:.75; }
.tl .tl-work { fill:var(--soft); }
.tl .tl-fail { fill:var(--fail-bg); }
.tl .tl-band-skew { fill:var(--skew-bg); }
.tl .tl-band-fail { fill:var(--band); }
.tl .tl-bracket-skew { stroke:var(--skew); fill:none; stroke-dasharray:4 2; stroke-width:1.5; }
.tl .tl-bracket-fail { stroke:var(--fail); fill:none; stroke-width:2; }
.tl text.tl-skew-words { fill:var(--skew); font-weight:600; }
.tl text.tl-fail-words { fill:var(--fail); font-weight:600; }
.tl .tl-hatch { stroke:var(--fail); stroke-width:1; opacity:.55; }
.tl .tl-failing { stroke:var(--fail); stroke-width:.75; }
.tl .tl-rate { fill:var(--fail-bg); stroke:var(--fail); stroke-width:1.5; stroke-linejoin:round; }
.tl .tl-done { stroke:var(--ink); stroke-width:1.5; fill:none; }
.tl .tl-CDS { --type:var(--cds); } .tl .tl-EDS { --type:var(--eds); } .tl .tl-LDS { --type:var(--lds); } .tl .tl-RDS { --type:var(--rds); }
.tl .tl-way { stroke:var(--type); stroke-width:1; opacity:.7; }
.tl .tl-apply { fill:var(--type); opacity:.45; }
.tl .tl-glyph { fill:var(--type); stroke:var(--type); stroke-width:1; }
.tl .tl-answer { fill:var(--bg); }
.tl .tl-sent { stroke:var(--type); stroke-width:1.25; }
.tl .tl-lost { stroke:var(--fail); stroke-width:1.75; }
.tl .tl-sampled { fill:var(--fail); fill-opacity:.3; }
.tl .tl-heat-sampled { fill:var(--fail); fill-opacity:.55; }
.tl .tl-drain { fill:var(--soft); fill-opacity:.16; stroke:var(--soft); stroke-width:.75; stroke-dasharray:2 2; }
.tl .tl-cut { stroke:var(--fail); stroke-width:1.25; fill:none; }
.tl .tl-offline { fill:var(--soft); opacity:.35; }
.tl .tl-edge { stroke:var(--soft); stroke-width:.75; }
.tl .tl-heat-between { fill:var(--soft); opacity:.55; }
.tl .tl-heat-new { fill:var(--skew); }
.tl .tl-heat-fail { fill:var(--fail); stroke:var(--fail); stroke-width:.5; }
.tl .tl-ready { fill:none; stroke:var(--soft); stroke-width:1.5; }
`;
