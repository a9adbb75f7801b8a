#pragma once
// UID FETCH of whole messages, exactly those asked for (S-2); always BODY.PEEK (S-8).
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

class BodyBatch final : public Batch {
 public:
  // `engine` outlives it.
  BodyBatch(const Engine& engine, std::vector<BodyWanted> wanted,
            std::function<void(const BodyItem&)> item);

  bool asked_all() const { return asked_ == sets_.size(); }
  std::optional<std::string> next(std::size_t on_wire) override;
  Budget budget(std::size_t i) const override { return budgets_[i]; }
  void finished(std::size_t) override {}
  bool refused(std::size_t, const Error&) override { return false; }
  void fetch(const FetchData& data) override;

 private:
  std::uint64_t bound(const BodyWanted& one) const;
  void measure();

  const Engine& engine_;
  std::vector<BodyWanted> wanted_;  // by UID
  std::vector<std::string> sets_;
  std::vector<Budget> budgets_;  // one for each set
  std::size_t asked_ = 0;
  std::function<void(const BodyItem&)> item_;
  std::string scratch_;
};

Task<Result<>> fetch_messages(Engine& engine, Wire& wire, std::vector<BodyWanted> wanted,
                              const std::function<void(const BodyItem&)>& item);

}  // namespace hearback::protocols::imap
