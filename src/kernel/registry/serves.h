#pragma once
// How a registration names the requirement row that it serves. Lists of what exists (inlets, metrics, targets of
// imports) are made by standing(): with a row switched off (base/hooks.h; only in the test build) its entries are not
// there, so that a scenario of that row has to fail. Routes say their rows in their documentation instead (kernel/api).
// Any thread.

#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/hooks.h"

namespace tilth::kernel {

template <class T>
struct Serves {
    std::string_view row;  // "CDP-01"
    T what;
};

// The entries whose row is not switched off, in their order. Called once, when the list is first needed.
template <class T>
std::vector<T> standing(std::initializer_list<Serves<T>> entries) {
    std::vector<T> kept;
    kept.reserve(entries.size());
    for (const Serves<T>& entry : entries)
        if (!hooks::is_off(entry.row)) kept.push_back(entry.what);
    return kept;
}

}  // namespace tilth::kernel
