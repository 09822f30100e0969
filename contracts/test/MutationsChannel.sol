// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Errors} from "../src/Errors.sol";
import {IBatchSettlement, IDepositCollector} from "../src/settlement/IBatchSettlement.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {Deployed} from "./Deployed.sol";
import {LyingAccount} from "./LyingAccount.sol";
import {Mutations} from "./Mutations.sol";

/// @dev Brings money out of thin air.
contract MintingCollector is IDepositCollector {
    function collect(address, address token, uint256 amount, bytes32, bytes calldata) external {
        TestMoney(token).mint(msg.sender, amount);
    }
}

/// @dev A channel that holds 1,000, and channels that differ from it by one field and hold as much.
abstract contract MutationsChannel is Mutations, Deployed {
    uint128 internal constant HELD = 1000;

    IBatchSettlement internal settlement;
    Account internal payer;
    Account internal session;
    Account internal authorizer;
    IBatchSettlement.ChannelConfig internal config;
    bytes32 internal channelId;
    address internal anyone = makeAddr("anyone");
    address private _collector;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        settlement = deploySettlement();
        _collector = address(new MintingCollector());
        (payer, session, authorizer) =
        (makeAccount("payer"), makeAccount("session"), makeAccount("authorizer"));
        config = IBatchSettlement.ChannelConfig({
            payer: payer.addr,
            payerAuthorizer: session.addr,
            receiver: makeAddr("receiver"),
            receiverAuthorizer: authorizer.addr,
            token: address(new TestMoney()),
            withdrawDelay: 900,
            salt: "salt"
        });
        channelId = settlement.getChannelId(config);
        fill(config);
    }

    function fill(IBatchSettlement.ChannelConfig memory channel) internal {
        settlement.deposit(channel, HELD, _collector, "");
    }

    function domain() internal view returns (Domain memory) {
        return Domain("x402 Batch Settlement", "1", block.chainid, address(settlement));
    }

    function badSignature(address signer) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.BatchSettlement_BadSignature.selector, signer);
    }

    /// @dev Funded channels, each with one field changed; the receiver's authorizer is the same in all.
    function twins() internal returns (IBatchSettlement.ChannelConfig[] memory all) {
        all = new IBatchSettlement.ChannelConfig[](11);
        for (uint256 i; i < all.length; ++i) {
            all[i] = config;
        }
        all[0].payer = session.addr;
        all[1].payer = anyone;
        all[2].payerAuthorizer = anyone;
        all[3].payerAuthorizer = address(new LyingAccount());
        all[4].receiver = payer.addr;
        all[5].receiver = anyone;
        all[6].token = address(new TestMoney());
        all[7].withdrawDelay = 901;
        all[8].withdrawDelay = 30 days;
        all[9].salt = "pepper";
        all[10].salt = 0;
        for (uint256 i; i < all.length; ++i) {
            fill(all[i]);
        }
    }
}
