CREATE INDEX note_texts ON notes.note (text);
