// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISlashing} from "../../src/interfaces/ISlashing.sol";
import {OperatorActs} from "./OperatorActs.sol";
import {PolicyActs} from "./PolicyActs.sol";

/// @dev The registry's owner slashes within its bounds and tries to go beyond them.
abstract contract SlashActs is OperatorActs, PolicyActs {
    struct SlashModel {
        uint256 amountAtomic;
        uint256 announcedAt;
        bool isAnswered;
        uint256 lastAt;
    }

    uint256 internal constant SLASH_NOTICE = 5 days;
    uint256 internal constant SLASH_ANSWER = 3 days;
    uint256 internal constant SLASH_WINDOW = 5 days;
    uint256 internal constant SLASH_PERIOD = 30 days;

    mapping(address operator => SlashModel) internal slashes;
    uint256 internal slashedAtomic;

    // ------------------------------------------------------------------ acts

    function announceSlash(uint256 who, uint256 node, uint256 amount) external act {
        (address caller, address operator) = (_owner(1, who), _node(node));
        SlashModel storage slash = slashes[operator];
        uint256 bondAtomic = registry[operator].bondAtomic;
        uint128 amountAtomic = uint128(_upTo(bondAtomic / 4, amount));
        bool legal = caller == ownerOf[1] && amountAtomic != 0 && amountAtomic * 4 <= bondAtomic
            && !_isPending(operator) && (slash.lastAt == 0 || nowSeconds >= slash.lastAt + SLASH_PERIOD);
        bytes memory data = abi.encodeCall(ISlashing.announceSlash, (operator, amountAtomic, "it lied"));
        _attempt(caller, address(operators), data, legal);
        if (!legal) return;
        (slash.amountAtomic, slash.announcedAt, slash.isAnswered) = (amountAtomic, nowSeconds, false);
    }

    function withdrawSlash(uint256 who, uint256 node) external act {
        (address caller, address operator) = (_owner(1, who), _node(node));
        if (node >> 8 & 1 == 1) return;
        bool legal = caller == ownerOf[1] && _isPending(operator);
        _attempt(caller, address(operators), abi.encodeCall(ISlashing.withdrawSlash, (operator)), legal);
        if (legal) slashes[operator].announcedAt = 0;
    }

    function answerSlash(uint256 node) external act {
        address operator = _node(node);
        bool legal = _isPending(operator) && !slashes[operator].isAnswered;
        _attempt(operator, address(operators), abi.encodeCall(ISlashing.answerSlash, ("I did not")), legal);
        if (legal) slashes[operator].isAnswered = true;
    }

    function executeSlash(uint256 who, uint256 node) external act {
        (address caller, address operator) = (_owner(1, who), _node(node));
        (SlashModel storage slash, OperatorModel storage model) = (slashes[operator], registry[operator]);
        uint256 amountAtomic = _min(slash.amountAtomic, model.bondAtomic / 4);
        bool legal = caller == ownerOf[1] && _isPending(operator) && nowSeconds >= _dueAt(operator)
            && amountAtomic != 0;
        uint256 before = money.balanceOf(treasury);
        _attempt(caller, address(operators), abi.encodeCall(ISlashing.executeSlash, (operator)), legal);
        if (!legal) return;
        assertGe(nowSeconds, slash.announcedAt + SLASH_NOTICE, "28: slashed without notice");
        assertTrue(
            slash.lastAt == 0 || nowSeconds >= slash.lastAt + SLASH_PERIOD, "28: slashed twice in a period"
        );
        assertEq(money.balanceOf(treasury), before + amountAtomic, "29: a slash went elsewhere");
        model.bondAtomic -= amountAtomic;
        slashedAtomic += amountAtomic;
        (slash.lastAt, slash.announcedAt) = (nowSeconds, 0);
    }

    // ------------------------------------------------------------------ model

    function _dueAt(address operator) internal view returns (uint256) {
        SlashModel storage slash = slashes[operator];
        return slash.announcedAt + SLASH_NOTICE + (slash.isAnswered ? SLASH_ANSWER : 0);
    }

    function _isPending(address operator) internal view returns (bool) {
        return slashes[operator].announcedAt != 0 && nowSeconds < _dueAt(operator) + SLASH_WINDOW;
    }
}
