// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MoodyMoney} from "./MoodyMoney.sol";
import {ReenteringAccount} from "./ReenteringAccount.sol";

/// @dev A dollar that breaks what the ledger asks of money: it keeps a part of each transfer, blocks accounts, says no,
/// pays and says no, says nothing, and lets others act in the midst of a transfer.
contract UnrulyMoney is MoodyMoney {
    enum Answer {
        Yes,
        PaysAndSaysNo,
        SaysNothing,
        SaysMuch
    }

    struct Attempt {
        ReenteringAccount through;
        address target;
        bytes data;
        bool made;
        bool ok;
        bytes result;
    }

    uint256 public keepBps;
    bool public refusesPulls;
    Answer public answer;
    mapping(address account => bool) public isBlocked;
    Attempt[] private _attempts;
    uint256 private _next;
    bool private _armed;

    function setKeep(uint256 bps) external {
        keepBps = bps;
    }

    function setRefusesPulls(bool refuses) external {
        refusesPulls = refuses;
    }

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function plan(ReenteringAccount through, address target, bytes calldata data) external {
        _attempts.push(Attempt(through, target, data, false, false, ""));
        _armed = true;
    }

    function attempts() external view returns (Attempt[] memory) {
        return _attempts;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        bool ok = super.transfer(to, amount);
        if (answer == Answer.PaysAndSaysNo) return false;
        if (answer == Answer.SaysNothing) {
            assembly ("memory-safe") {
                return(0x00, 0x00)
            }
        }
        if (answer == Answer.SaysMuch) {
            assembly {
                mstore(0x00, 1)
                return(0x00, 100000)
            }
        }
        return ok;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (refusesPulls) return false;
        return super.transferFrom(from, to, amount);
    }

    function permit(address from, address to, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        public
        override
    {
        _attempt();
        super.permit(from, to, value, deadline, v, r, s);
    }

    function _beforeTokenTransfer(address from, address to, uint256) internal override {
        if (isBlocked[from]) revert Refused(from);
        if (isBlocked[to]) revert Refused(to);
        if (from != address(0) && to != address(0)) _attempt();
    }

    function _afterTokenTransfer(address from, address to, uint256 amount) internal override {
        if (from != address(0) && to != address(0)) _burn(to, amount * keepBps / 10_000);
    }

    /// @dev A call that brings another transfer makes the rest of the plan from in there.
    function _attempt() private {
        if (!_armed) return;
        while (_next < _attempts.length) {
            Attempt storage attempt = _attempts[_next++];
            attempt.made = true;
            try attempt.through.call(attempt.target, attempt.data) {
                attempt.ok = true;
            } catch (bytes memory result) {
                attempt.result = result;
            }
        }
    }
}
