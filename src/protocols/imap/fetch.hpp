#pragma once
// The two FETCH batches: header fields of UID ranges, and whole messages of exact UIDs (S-2, S-8:
// always BODY.PEEK, which sets no flag).
#include <functional>
#include <string>
#include <vector>

#include "protocols/imap/engine.hpp"

namespace hearback::protocols::imap {

class HeaderBatch final : public Batch {
 public:
  explicit HeaderBatch(const Session::HeaderScan& scan) : scan_(scan) {}
  std::size_t size() const override { return scan_.ranges.size(); }
  std::string command(std::size_t i) override;
  bool finished(std::size_t i) override;
  void fetch(const FetchData& data) override;

 private:
  bool asked_for(std::uint32_t uid) const;

  const Session::HeaderScan& scan_;
  std::vector<std::size_t> open_;  // ranges on the wire
  std::string scratch_;
};

class BodyBatch final : public Batch {
 public:
  BodyBatch(std::vector<std::uint32_t> uids, std::size_t per_command,
            const std::function<void(const BodyItem&)>& item);
  std::size_t size() const override { return sets_.size(); }
  std::string command(std::size_t i) override {
    return "UID FETCH " + sets_[i] + " (UID BODY.PEEK[])";
  }
  bool finished(std::size_t) override { return true; }
  void fetch(const FetchData& data) override;

 private:
  std::vector<std::uint32_t> uids_;
  std::vector<std::string> sets_;
  const std::function<void(const BodyItem&)>& item_;
  std::string scratch_;
};

}  // namespace hearback::protocols::imap
