// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TestMoney} from "../src/TestMoney.sol";

/// @dev A dollar that can refuse an account, as USDC refuses those it has blocked.
contract MoodyMoney is TestMoney {
    enum Mood {
        Kind,
        Reverts,
        SaysFalse
    }

    mapping(address account => Mood) public moodFor;

    error Refused(address account);

    function setMood(address account, Mood mood) external {
        moodFor[account] = mood;
    }

    function transfer(address to, uint256 amount) public virtual override returns (bool) {
        if (moodFor[to] == Mood.Reverts) revert Refused(to);
        if (moodFor[to] == Mood.SaysFalse) return false;
        return super.transfer(to, amount);
    }
}
