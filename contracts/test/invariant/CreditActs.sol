// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICredits} from "../../src/interfaces/ICredits.sol";
import {IRoyalties} from "../../src/interfaces/IRoyalties.sol";
import {MoodyMoney} from "../MoodyMoney.sol";
import {SaleActs} from "./SaleActs.sol";

/// @dev Chats are paid into splitters, shared out, gathered and withdrawn; the money refuses some for a while.
abstract contract CreditActs is SaleActs {
    /// @dev What each splitter holds.
    mapping(uint256 workId => mapping(address operator => uint256)) internal splitterAtomic;

    // ------------------------------------------------------------------ acts

    /// @dev Someone pays a splitter directly: sums of nothing, of one unit, and of more than a till can hold.
    function chat(uint256 work, uint256 node, uint256 amount) external act {
        amount = amount % 16 == 0 ? uint56(amount >> 8) : (amount >> 8) % 10 ** (amount % 9);
        (uint256 workId, address operator) = (_work(work), _node(node));
        money.mint(works.splitterOf(workId, operator), amount);
        splitterAtomic[workId][operator] += amount;
        ++taken[msg.sig];
    }

    function collect(uint256 work, uint256 node, uint256 who) external act {
        (uint256 workId, address operator) = (_work(work), _node(node));
        if (who % 16 == 0) workId = UNKNOWN_WORK;
        if (who % 16 == 1) operator = address(0);
        bool legal = splitterAtomic[workId][operator] > 1;
        bytes memory data = abi.encodeCall(IRoyalties.collect, (workId, operator));
        bytes memory result = _attempt(_person(who), address(works), data, legal);
        if (!legal) return;
        assertEq(
            abi.decode(result, (uint256)),
            _bookShares(workId, operator),
            "5: a splitter kept more than one unit"
        );
        assertEq(
            money.balanceOf(works.splitterOf(workId, operator)), 1, "5: a splitter rests without its unit"
        );
    }

    function collectMany(uint256 work, uint256 node, uint256 length, uint256 who) external act {
        uint256[] memory ids = new uint256[](length % 4);
        address[] memory list = new address[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = (work >> (8 * i)) % 16 == 0 ? UNKNOWN_WORK : _work((work >> (8 * i)) % 1000);
            list[i] = (node >> (8 * i)) % 16 == 0 ? address(0) : _node(node >> (8 * i));
        }
        bytes memory data = abi.encodeCall(IRoyalties.collectMany, (ids, list));
        uint256 sum = abi.decode(_attempt(_person(who), address(works), data, true), (uint256));
        uint256 expected;
        for (uint256 i; i < ids.length; ++i) {
            expected += _bookShares(ids[i], list[i]);
        }
        assertEq(sum, expected, "5: what was collected is not what splitters held");
    }

    function gather(uint256 work, uint256 count, uint256 who) external act {
        uint256[] memory ids = _ids(work, count);
        bool legal = ids.length == 0 || ids[0] != UNKNOWN_WORK;
        _attempt(_person(who), address(works), abi.encodeCall(ICredits.gather, (ids)), legal);
        if (legal) _checkGathered(ids);
    }

    function withdraw(uint256 who, uint256 to) external act {
        (address account, address payee) = (_payee(who), to % 16 == 15 ? address(0) : _person(to));
        uint256 creditAtomic = works.creditOf(account);
        bool legal = creditAtomic != 0 && payee != address(0) && !_isRefused(payee);
        uint256 before = money.balanceOf(payee);
        _attempt(account, address(works), abi.encodeCall(ICredits.withdraw, (payee)), legal);
        if (!legal) return;
        owed[account] -= creditAtomic;
        assertEq(money.balanceOf(payee), before + creditAtomic, "2: a withdrawal did not bring what was owed");
    }

    function gatherAndWithdraw(uint256 who, uint256 to, uint256 work, uint256 count) external act {
        (address account, address payee) = (_payee(who), _person(to));
        uint256[] memory ids = _ids(work, count);
        uint256 dueAtomic = works.creditOf(account) + _accruedFor(account, ids);
        bool legal = (ids.length == 0 || ids[0] != UNKNOWN_WORK) && dueAtomic != 0 && !_isRefused(payee);
        bytes memory data = abi.encodeCall(ICredits.gatherAndWithdraw, (ids, payee));
        bytes memory result = _attempt(account, address(works), data, legal);
        if (!legal) return;
        owed[account] -= dueAtomic;
        assertEq(abi.decode(result, (uint256)), dueAtomic, "2: a withdrawal did not bring what was owed");
        _checkGathered(ids);
    }

    function setMood(uint256 who, uint256 mood) external act {
        // Kind half of the time.
        money.setMood(_person(who), mood % 4 > 2 ? MoodyMoney.Mood.Kind : MoodyMoney.Mood(mood % 3));
        ++taken[msg.sig];
    }

    // ------------------------------------------------------------------ model

    /// @dev Shares out all but one unit: rounded down to protocol, creator and parents, the rest to the operator.
    function _bookShares(uint256 workId, address operator) private returns (uint256 amountAtomic) {
        if (splitterAtomic[workId][operator] < 2) return 0;
        amountAtomic = splitterAtomic[workId][operator] - 1;
        splitterAtomic[workId][operator] = 1;
        WorkModel storage model = models[workId];
        uint256 feeAtomic = _feeOn(workId, amountAtomic);
        uint256 royaltyAtomic = amountAtomic * model.terms.usageRoyaltyBps / BPS;
        uint256 parentsAtomic;
        for (uint256 i; i < model.parentIds.length; ++i) {
            uint256 shareAtomic = royaltyAtomic * model.parentShares[i] / BPS;
            owed[models[model.parentIds[i]].creator] += shareAtomic;
            parentsAtomic += shareAtomic;
        }
        owed[treasury] += feeAtomic;
        owed[model.creator] += royaltyAtomic - parentsAtomic;
        owed[operator] += amountAtomic - feeAtomic - royaltyAtomic;
        paidAtomic += amountAtomic;
        toProtocolAtomic += feeAtomic;
        toParentsAtomic += parentsAtomic;
        toCreatorsAtomic += royaltyAtomic - parentsAtomic;
        toOperatorsAtomic += amountAtomic - feeAtomic - royaltyAtomic;
    }

    function _payee(uint256 who) private view returns (address) {
        who %= PEOPLE + OPERATORS + 1;
        if (who < PEOPLE) return people[who];
        return who == PEOPLE ? treasury : nodes[who - PEOPLE - 1];
    }

    /// @dev Of works, possibly the same twice; now and then of none that exists.
    function _ids(uint256 work, uint256 count) private view returns (uint256[] memory ids) {
        ids = new uint256[](count % 4);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = _work((work >> (8 * i)) % 1000);
        }
        if (ids.length != 0 && work % 16 == 0) ids[0] = UNKNOWN_WORK;
    }

    function _accruedFor(address account, uint256[] memory ids) private view returns (uint256 sum) {
        for (uint256 i; i < ids.length; ++i) {
            bool isCounted;
            for (uint256 j; j < i; ++j) {
                if (ids[j] == ids[i]) isCounted = true;
            }
            if (isCounted) continue;
            (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(ids[i]);
            if (models[ids[i]].creator == account) sum += creatorAtomic;
            if (account == treasury) sum += treasuryAtomic;
        }
    }

    function _checkGathered(uint256[] memory ids) private view {
        for (uint256 i; i < ids.length; ++i) {
            (uint256 creatorAtomic, uint256 treasuryAtomic) = works.accruedOf(ids[i]);
            assertEq(creatorAtomic + treasuryAtomic, 0, "2: something stayed in a gathered till");
        }
    }
}
