#pragma once
// For *_test.cpp files only: a connection that fails where it is told to.

#include <memory>
#include <string>
#include <utility>

#include "kernel/record/open.h"
#include "platform/sql/sql.h"

namespace tilth::kernel {

// Set while the writer waits; used by its thread.
struct Faults {
    std::string fail_param;  // a statement with this text among its parameters fails …
    int commits_to_fail = 0;  // … and so do the next commits, which then roll back
    ErrorCode error = ErrorCode::StorageFull;
};

class FaultyConnection final : public sql::Connection {
public:
    FaultyConnection(std::unique_ptr<sql::Connection> inner, Faults& faults)
        : inner_(std::move(inner)), faults_(faults) {}
    sql::Engine engine() const override { return inner_->engine(); }
    bool alive() const override { return inner_->alive(); }
    Status write(std::string_view statement, std::span<const sql::Param> params) override {
        if (hit(params)) return failure();
        return inner_->write(statement, params);
    }
    Result<std::int64_t> change(std::string_view statement, std::span<const sql::Param> params) override {
        if (hit(params)) return failure();
        return inner_->change(statement, params);
    }
    Status query(std::string_view statement, std::span<const sql::Param> params, const sql::RowFn& row) override {
        if (hit(params)) return failure();
        return inner_->query(statement, params, row);
    }
    Status script(std::string_view statements) override { return inner_->script(statements); }
    Status begin() override { return inner_->begin(); }
    Status commit() override {
        if (faults_.commits_to_fail <= 0) return inner_->commit();
        --faults_.commits_to_fail;
        return failure();
    }
    void rollback() noexcept override { inner_->rollback(); }
    Status savepoint() override { return inner_->savepoint(); }
    Status release() override { return inner_->release(); }
    Status rollback_to() override { return inner_->rollback_to(); }
    Status flush() override { return inner_->flush(); }

private:
    bool hit(std::span<const sql::Param> params) const {
        if (faults_.fail_param.empty()) return false;
        for (const auto& param : params) {
            const auto* text = std::get_if<std::string_view>(&param.value());
            if (text != nullptr && *text == faults_.fail_param) return true;
        }
        return false;
    }
    Error failure() const { return Error(faults_.error, "a fault of the test"); }

    std::unique_ptr<sql::Connection> inner_;
    Faults& faults_;
};

inline OpenWriter faulty_writer(Faults& faults) {
    return [&faults](const sql::Location& location) -> Result<std::unique_ptr<sql::Connection>> {
        auto inner = TRY(sql::open(location, sql::Access::Writer));
        return std::unique_ptr<sql::Connection>(std::make_unique<FaultyConnection>(std::move(inner), faults));
    };
}

}  // namespace tilth::kernel
