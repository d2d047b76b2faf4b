// SPDX-FileCopyrightText: 2026 The Stagecraft authors
// SPDX-License-Identifier: GPL-2.0-or-later
// Words with chords, as ChordPro has them: "[G]Hello [C]world". Pure.

// Parts of a text: {text, chord: bool}. Directives in braces are left out, but
// for comments and titles, which are shown as text.
export function parts(text) {
  const found = [];
  const add = (piece, chord) => piece && found.push({text: piece, chord});
  const directives = /^(c|ci|comment|comment_italic|t|title|st|subtitle|soc|start_of_chorus)$/;
  for (const line of text.split(/\r?\n/)) {
    const directive = line.match(/^\s*\{([^:}]*):?\s*([^}]*)\}\s*$/);
    if (directive) {
      if (directives.test(directive[1].trim())) {
        add(`${directive[2] || "Chorus"}\n`, false);
      }
      continue;
    }
    let at = 0;
    for (const chord of line.matchAll(/\[([^\]]*)\]/g)) {
      add(line.slice(at, chord.index), false);
      add(chord[1], true);
      at = chord.index + chord[0].length;
    }
    add(`${line.slice(at)}\n`, false);
  }
  return found;
}
