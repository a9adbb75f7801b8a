#pragma once
// Lines of octets as mail has them: CRLF, LF and lone CR end a line, and so does a run of CRs
// before an LF. Linear in the input, whatever it is.
#include <cstddef>
#include <string_view>

namespace hearback::mail {

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  // False at the end. The line comes without its end.
  bool next(std::string_view& line) {
    if (peeked_) {
      peeked_ = false;
      line = ahead_;
      return has_ahead_;
    }
    return read(line);
  }

  // What next() will say.
  bool peek(std::string_view& line) {
    if (!peeked_) {
      before_ = position_;
      has_ahead_ = read(ahead_);
      peeked_ = true;
    }
    line = ahead_;
    return has_ahead_;
  }

  // Where the next line starts.
  std::size_t position() const {
    std::size_t at = peeked_ ? before_ : position_;
    return at < text_.size() ? at : text_.size();
  }

 private:
  bool read(std::string_view& line) {
    if (position_ >= text_.size()) return false;
    if (lf_ < position_ || !lf_known_) {
      lf_ = text_.find('\n', position_);
      if (lf_ == text_.npos) lf_ = text_.size();
      lf_known_ = true;
    }
    auto rest = text_.substr(position_, lf_ - position_);
    auto cr = rest.find('\r');
    if (cr == rest.npos) {
      line = rest;
      position_ = lf_ + 1;
      return true;
    }
    line = rest.substr(0, cr);
    std::size_t at = position_ + cr;
    if (run_end_ <= at)
      for (run_end_ = at; run_end_ < lf_ && text_[run_end_] == '\r';) ++run_end_;
    position_ = run_end_ == lf_ && lf_ < text_.size() ? lf_ + 1 : at + 1;
    return true;
  }

  std::string_view text_;
  std::size_t position_ = 0;  // may be one past the end of a text whose last line has no end
  std::size_t lf_ = 0;
  std::size_t run_end_ = 0;
  bool lf_known_ = false;
  std::string_view ahead_;
  std::size_t before_ = 0;
  bool peeked_ = false, has_ahead_ = false;
};

}  // namespace hearback::mail
