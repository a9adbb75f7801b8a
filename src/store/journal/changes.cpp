#include "store/journal/changes.hpp"

#include "store/engine/applying.hpp"

namespace hearback::store {

void apply(Writing& writing, const AdvanceJournal& change) {
  const auto taken = [] {
    refuse(Kind::conflict, "journal.position", "Another got further in the journal meanwhile.",
           "Look again.");
  };
  if (change.to < change.from || change.to > writing.journal_position) taken();
  writing.db.change(
      "insert into journal_positions(company, consumer, position) values ($1, $2, 0)"
      " on conflict do nothing",
      writing.company, change.consumer);
  if (writing.db.change("update journal_positions set position = $4"
                        " where company = $1 and consumer = $2 and position = $3",
                        writing.company, change.consumer, change.from, change.to) == 0)
    taken();
}

}  // namespace hearback::store
