// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IEditions} from "../../src/interfaces/IEditions.sol";
import {SaleActs} from "./SaleActs.sol";

/// @dev Editions are given, opened, approved, moved by marketplaces and coveted by strangers.
abstract contract EditionActs is SaleActs {
    mapping(address holder => mapping(uint256 marketplace => bool)) internal approved;

    // ------------------------------------------------------------------ acts

    function openCopy(uint256 work, uint256 who) external act {
        (uint256 workId, address holder) = (_work(work), _person(who));
        // Not too often, or nothing is left to trade.
        if (who >> 8 & 3 != 0) return;
        bool legal = uint8(models[workId].terms.disclosure) == 1 && held[workId][holder] != 0;
        _attempt(holder, address(works), abi.encodeCall(IEditions.openCopy, (workId)), legal);
        if (!legal) return;
        held[workId][holder] -= 1;
        copies[workId][holder] += 1;
    }

    function give(uint256 work, uint256 from, uint256 to, uint256 quantity) external act {
        address holder = _person(from);
        _move(holder, holder, _recipient(to), _work(work), quantity);
    }

    /// @dev A stranger, or a marketplace that may be listed and approved.
    function moveForAnother(uint256 work, uint256 from, uint256 to, uint256 quantity, uint256 mover)
        external
        act
    {
        address holder = _person(from);
        address caller = mover % 4 == 0 ? _person(mover / 4) : marketplaces[mover % MARKETPLACES].account;
        _move(caller, holder, _recipient(to), _work(work), quantity);
    }

    function giveBatch(uint256 work, uint256 from, uint256 to, uint256 quantities, uint256 mover)
        external
        act
    {
        address holder = _person(from);
        address caller = mover % 3 == 0 ? marketplaces[mover / 3 % MARKETPLACES].account : holder;
        uint256[] memory ids = new uint256[](1 + work % 3);
        uint256[] memory amounts = new uint256[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = _work((work >> 8) + i * (quantities % 3));
            amounts[i] = (quantities >> (8 * i)) % 3;
        }
        address recipient = _recipient(to);
        bool legal = _mayMove(caller, holder, recipient) && _holdsAll(holder, recipient, ids, amounts);
        bytes memory data = abi.encodeCall(works.safeBatchTransferFrom, (holder, recipient, ids, amounts, ""));
        _attempt(caller, address(works), data, legal);
        if (!legal) return;
        for (uint256 i; i < ids.length; ++i) {
            held[ids[i]][holder] -= amounts[i];
            held[ids[i]][recipient] += amounts[i];
        }
    }

    function approve(uint256 who, uint256 which, uint256 wish) external act {
        bool isApproved = wish % 4 != 0;
        address holder = _person(who);
        bool isPlace = which % 5 != 0;
        address mover = isPlace ? marketplaces[which % MARKETPLACES].account : _person(which / 5);
        bool legal = !isApproved || (isPlace && _isMarketplace(which % MARKETPLACES));
        bytes memory data = abi.encodeCall(works.setApprovalForAll, (mover, isApproved));
        _attempt(holder, address(works), data, legal);
        if (legal && isPlace) approved[holder][which % MARKETPLACES] = isApproved;
    }

    // ------------------------------------------------------------------ model

    function _move(address caller, address from, address to, uint256 workId, uint256 quantity) private {
        quantity %= held[workId][from] + 2;
        bool legal = _mayMove(caller, from, to) && held[workId][from] >= quantity;
        bytes memory data = abi.encodeCall(works.safeTransferFrom, (from, to, workId, quantity, ""));
        _attempt(caller, address(works), data, legal);
        if (!legal) return;
        held[workId][from] -= quantity;
        held[workId][to] += quantity;
    }

    function _mayMove(address caller, address from, address to) private view returns (bool) {
        if (!_mayHold(to)) return false;
        if (caller == from) return true;
        for (uint256 i; i < MARKETPLACES; ++i) {
            if (caller == marketplaces[i].account) return approved[from][i] && _isMarketplace(i);
        }
        return false;
    }

    /// @dev The same work may come twice in a batch; what one gives to oneself is there again for the second.
    function _holdsAll(address holder, address to, uint256[] memory ids, uint256[] memory amounts)
        private
        view
        returns (bool)
    {
        for (uint256 i; i < ids.length; ++i) {
            uint256 needed;
            for (uint256 j; j < ids.length; ++j) {
                if (j == i || (ids[j] == ids[i] && holder != to)) needed += amounts[j];
            }
            if (held[ids[i]][holder] < needed) return false;
        }
        return true;
    }
}
