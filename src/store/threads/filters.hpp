#pragma once
// What a list is narrowed by (M-2, docs/decisions/0064-filters.md): conditions of scoped statements
// on a conversation, whose row is at hand as `th`. As in scope_sql, no plan begins with what only
// names something about it.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/triage.hpp"
#include "store/engine/db.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/threads/questions.hpp"

namespace hearback::store {

// Names what it is given as a statement's next parameter.
struct Numbered {
  std::vector<Value> params;
  std::string operator()(Value value) {
    params.push_back(std::move(value));
    return "$" + std::to_string(params.size());
  }
};

std::string is_done();  // by the reader
std::string is_turn(rules::Triage turn);
// For an answer of any of us: nobody has answered it or put it away. The only one of these that
// needs no reader.
std::string waits();
// Where it lies, of what the reader may see.
std::string lies_in(const Scope& scope, Place place);
// What the question asks for beyond its place, each part after an "and".
std::string passes(Numbered& numbered, const Threads& asked);

// A place of the reader's own. What else they look at is some of what lies with the company.
bool is_own(Place place);
// No conversation can pass.
bool excludes_itself(const Threads& asked);
// Of whose turn the lists are that it is read from.
std::optional<rules::Triage> turn_of(const Threads& asked);
// Whether it asks for anything beyond a place and a turn there.
bool is_narrowed(const Threads& asked);
// What only looking at each of a place's rows tells.
bool is_walked(const Threads& asked);

}  // namespace hearback::store
