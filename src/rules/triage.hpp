#pragma once
// Whose turn is it in a conversation, as one reader sees it (M-8)? It is ours while a person's
// message stands that nobody of us has answered; done is what the reader put away, until a person
// writes again. Automatic mail and mailing lists ask for nothing. A bounce does: what we wrote
// hasn't arrived.
#include <optional>

#include "rules/nouns.hpp"

namespace hearback::rules {

enum class Triage { to_answer, waiting, done };

// Of a message in a conversation. What colleagues write to each other is nobody's to answer here.
bool asks_for_an_answer(ThreadKind thread, Direction direction, MessageKind kind);

// Whether what we sent stands as an answer: a person wrote it, and as far as its way out has come,
// where it was written here, it wasn't lost.
bool answers(MessageKind kind, std::optional<OutboxState> state);
bool answers(OutboxState state);

// One of theirs and the newest of ours. Clocks differ by minutes, so what names the other comes
// after it, whatever the dates say.
struct Turns {
  Instant theirs, ours;
  bool names_ours = false, named_by_ours = false;
};
bool comes_after_ours(const Turns& turns);

// Something that comes to a conversation that was put away when `last` was the newest date there.
// What only comes to light later, older mail out of an agreed past, doesn't wake it.
struct Coming {
  Instant message, last;
  bool names_ours = false;
  bool news = false;  // to somebody whom it came to (rules/unread.hpp), however late
};
bool wakes(const Coming& coming);

Triage triage_of(bool asked, bool done);

}  // namespace hearback::rules
