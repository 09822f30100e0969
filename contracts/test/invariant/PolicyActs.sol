// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IOwned} from "../../src/interfaces/IOwned.sol";
import {IPolicy} from "../../src/interfaces/IPolicy.sol";
import {Stage} from "./Stage.sol";

/// @dev A marketplace elsewhere. Its code is all that matters here.
contract Bazaar {
    uint256 public sales;
}

/// @dev What a bazaar becomes when its code is changed behind its address.
contract ChangedBazaar {
    function sales() external pure returns (uint256) {
        return 1;
    }
}

/// @dev Owners announce fees and marketplaces, and pass on what they own. The model knows a fee by when it was announced.
abstract contract PolicyActs is Stage {
    struct Announced {
        uint16 feeBps;
        uint256 atSeconds;
    }

    struct Marketplace {
        address account;
        bytes32 codeHash;
        uint256 sinceSeconds;
        uint256 untilSeconds;
    }

    uint256 internal constant NOTICE = 48 hours;
    uint256 internal constant MAX_FEE_BPS = 500;
    uint256 internal constant MARKETPLACES = 2;
    uint256 internal constant OWNED = 3;

    Announced internal feeInForce;
    /// @dev Announced at zero while nothing is pending.
    Announced internal feePending;
    Marketplace[] internal marketplaces;
    bytes private _changedCode;
    bytes private _code;

    /// @dev Of policy, registry and key network, in this order.
    IOwned[] internal owned;
    address[OWNED] internal ownerOf;
    address[OWNED] internal offeredTo;

    constructor() {
        feeInForce = Announced(policy.protocolFeeBps(), 0);
        _changedCode = address(new ChangedBazaar()).code;
        for (uint256 i; i < MARKETPLACES; ++i) {
            marketplaces.push(Marketplace(address(new Bazaar()), 0, 0, 0));
        }
        _code = marketplaces[0].account.code;
        owned.push(policy);
        owned.push(operators);
        owned.push(keyNetwork);
        ownerOf = [governor, governor, governor];
    }

    // ------------------------------------------------------------------ acts

    function announceFee(uint256 bps, uint256 who) external act {
        uint16 feeBps = uint16(bps % 600);
        address caller = _owner(0, who);
        bool legal = caller == ownerOf[0] && feeBps <= MAX_FEE_BPS;
        _attempt(caller, address(policy), abi.encodeCall(IPolicy.announceFee, (feeBps)), legal);
        if (!legal) return;
        _promote();
        feePending = Announced(feeBps, nowSeconds);
    }

    function withdrawFee(uint256 who) external act {
        address caller = _owner(0, who);
        _promote();
        bool legal = caller == ownerOf[0] && feePending.atSeconds != 0;
        _attempt(caller, address(policy), abi.encodeCall(IPolicy.withdrawFee, ()), legal);
        if (legal) delete feePending;
    }

    function announceMarketplace(uint256 which, uint256 who) external act {
        Marketplace storage place = marketplaces[which % MARKETPLACES];
        address caller = _owner(0, who);
        bytes32 codeHash = place.account.codehash;
        bool legal = caller == ownerOf[0] && !(place.codeHash == codeHash && nowSeconds < place.untilSeconds);
        _attempt(caller, address(policy), abi.encodeCall(IPolicy.announceMarketplace, (place.account)), legal);
        if (!legal) return;
        (place.codeHash, place.sinceSeconds, place.untilSeconds) = (codeHash, nowSeconds + NOTICE, FOR_EVER);
    }

    function removeMarketplace(uint256 which, uint256 who) external act {
        // Removals come less often than announcements, so that marketplaces have a life.
        if (which % 3 != 0) return;
        Marketplace storage place = marketplaces[which / 3 % MARKETPLACES];
        address caller = _owner(0, who);
        bool legal = caller == ownerOf[0] && place.untilSeconds == FOR_EVER;
        _attempt(caller, address(policy), abi.encodeCall(IPolicy.removeMarketplace, (place.account)), legal);
        // What does not hold yet is taken back at once.
        if (legal) place.untilSeconds = nowSeconds < place.sinceSeconds ? nowSeconds : nowSeconds + NOTICE;
    }

    /// @dev The code behind an address changes, or changes back.
    function changeMarketplace(uint256 which) external act {
        if (which % 4 != 0) return;
        Marketplace storage place = marketplaces[which / 4 % MARKETPLACES];
        bool isChanged = place.account.codehash != keccak256(_code);
        vm.etch(place.account, isChanged ? _code : _changedCode);
        ++taken[msg.sig];
    }

    function offerOwnership(uint256 which, uint256 who, uint256 to) external act {
        which %= OWNED;
        address caller = _owner(which, who);
        bool legal = caller == ownerOf[which];
        address candidate = _candidate(to);
        _attempt(caller, address(owned[which]), abi.encodeCall(IOwned.offerOwnership, (candidate)), legal);
        if (legal) offeredTo[which] = candidate;
    }

    function acceptOwnership(uint256 which, uint256 who) external act {
        which %= OWNED;
        address caller = who % 4 == 0 ? _candidate(who / 4) : offeredTo[which];
        // A caller of zero does not exist.
        if (caller == address(0)) return;
        bool legal = caller == offeredTo[which] && !(which == 1 && caller == treasury);
        _attempt(caller, address(owned[which]), abi.encodeCall(IOwned.acceptOwnership, ()), legal);
        if (legal) (ownerOf[which], offeredTo[which]) = (caller, address(0));
    }

    // ------------------------------------------------------------------ model

    /// @dev Mostly the owner, else someone who is not or happens to be.
    function _owner(uint256 which, uint256 who) internal view returns (address) {
        return who % 8 == 0 ? _candidate(who / 8) : ownerOf[which];
    }

    function _candidate(uint256 who) private view returns (address) {
        address[4] memory candidates = [governor, treasury, people[0], relayer];
        return candidates[who % 4];
    }

    /// @dev A pending fee whose notice is over is in force.
    function _promote() internal {
        if (feePending.atSeconds == 0 || nowSeconds < feePending.atSeconds + NOTICE) return;
        feeInForce = feePending;
        delete feePending;
    }

    function _isMarketplace(uint256 which) internal view returns (bool) {
        Marketplace storage place = marketplaces[which];
        return place.untilSeconds != 0 && nowSeconds >= place.sinceSeconds && nowSeconds < place.untilSeconds
            && place.account.codehash == place.codeHash;
    }
}
