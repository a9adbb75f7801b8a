#pragma once
// Whose turn is it in a conversation, as one reader sees it (M-8)? It is ours while a person's
// message stands that nobody of us has answered; done is what the reader put away, until a person
// writes again. Automatic mail and mailing lists ask for nothing. A bounce does: what we wrote
// hasn't arrived.
#include <string_view>

#include "rules/nouns.hpp"

namespace hearback::rules {

enum class Triage { to_answer, waiting, done };

// Of a message in a conversation. What colleagues write to each other is nobody's to answer here.
bool asks_for_an_answer(ThreadKind thread, Direction direction, MessageKind kind);

// Whether what we wrote stands as an answer, as far as its way out has come.
bool answers(OutboxState state);

// One of theirs and the newest of ours. Clocks differ by minutes, so what names the other comes
// after it, whatever the dates say.
struct Turns {
  Instant theirs, ours;
  bool names_ours = false, named_by_ours = false;
};
bool comes_after_ours(const Turns& turns);

// Done was the conversation when `last` was its newest date: this one wakes it. What only comes to
// light later, older mail out of an agreed past, doesn't.
bool wakes(Instant message, Instant last, bool names_ours);

Triage triage_of(bool asked, bool done);

}  // namespace hearback::rules
