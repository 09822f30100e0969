// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AdmissionActs} from "./AdmissionActs.sol";
import {ChannelActs} from "./ChannelActs.sol";
import {KeyNetworkActs} from "./KeyNetworkActs.sol";

/// @dev The clock runs: by chance, and to the very seconds around the end of a notice, a delay or a window.
abstract contract TimeActs is AdmissionActs, ChannelActs, KeyNetworkActs {
    uint256 private constant DEADLINES = 11;

    // ------------------------------------------------------------------ acts

    function jump(uint256 leap) external act {
        uint256 span = [uint256(1), 1 minutes, 1 hours, 1 days, 3 days, 8 days, 31 days][leap % 7];
        _advance(nowSeconds + 1 + (leap >> 8) % span);
    }

    /// @dev To the second before a deadline and mostly to the deadline itself; in each, the act that waits for it.
    function jumpToDeadline(uint256 kind, uint256 which, uint256 stay) external act {
        for (uint256 i; i < DEADLINES; ++i) {
            uint256 next = (kind % DEADLINES + i) % DEADLINES;
            uint256 atSeconds = _deadline(next, which);
            if (atSeconds == FOR_EVER || atSeconds <= nowSeconds + 1) continue;
            _advance(atSeconds - 1);
            _act(next, which);
            if (stay % 4 == 0) return;
            _advance(atSeconds);
            _act(next, which);
            return;
        }
    }

    // ------------------------------------------------------------------ model

    function _advance(uint256 toSeconds) private {
        nowSeconds = toSeconds;
        vm.warp(toSeconds);
        _sweep();
        ++taken[msg.sig];
    }

    function _act(uint256 kind, uint256 which) private {
        if (kind == 0) this.adoptFee(which, which | 1, 1);
        // An approval that only a listed marketplace gets.
        if (kind == 1 || kind == 2) this.approve(which, 6 + which % MARKETPLACES, 1);
        if (kind == 3) this.withdrawBond(which, which >> 8);
        if (kind == 4 || kind == 5) this.executeSlash(1, which);
        if (kind == 6) this.announceSlash(1, which, 1);
        if (kind == 7) this.activateMembers(which);
        if (kind == 8) this.finalizeWithdraw(which);
        if (kind < 9) return;
        uint256 workId = _work(which >> 8);
        for (uint256 i; i < PEOPLE; ++i) {
            _checkGate(people[i], registry[_node(which)].sessionKey, workId, block.chainid);
        }
    }

    /// @dev Long past where nothing is pending.
    function _deadline(uint256 kind, uint256 which) private view returns (uint256) {
        (address operator, uint256 workId) = (_node(which), _work(which >> 8));
        if (kind == 0) return feePending.atSeconds + NOTICE;
        if (kind == 1) return marketplaces[which % MARKETPLACES].sinceSeconds;
        if (kind == 2) return marketplaces[which % MARKETPLACES].untilSeconds;
        if (kind == 3) return registry[operator].unbondingSince + UNBONDING_DELAY;
        if (kind == 4) return _dueAt(operator);
        if (kind == 5) return _dueAt(operator) + SLASH_WINDOW;
        if (kind == 6) return slashes[operator].lastAt + SLASH_PERIOD;
        if (kind == 7) return membersAnnouncedAt + ANNOUNCEMENT_DELAY;
        if (kind == 8) {
            return channels[which % CHANNELS].initiatedAt + configs[which % CHANNELS].withdrawDelay;
        }
        if (kind == 9) return spans[workId][operator].untilSeconds;
        return admissions.strandedSinceSeconds(workId) + STRANDED_DELAY;
    }
}
